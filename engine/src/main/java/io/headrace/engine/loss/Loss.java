package io.headrace.engine.loss;

import io.headrace.engine.sample.LabelSpec;
import java.lang.foreign.MemorySegment;

/**
 * What a prediction costs. Stateless: workers call it at once for different rows, and a row's
 * result depends on that row alone.
 *
 * <p>The loss of a batch of n rows is (1 / n) sum of w_i l_i: the mean over rows, each multiplied
 * by its weight, as PyTorch's {@code (w * l).mean()}. A weight of 2 thus counts as the row twice in
 * the sum, and does not shrink what the other rows teach.
 */
public interface Loss {
  /**
   * Scores that the last layer has to give for a label of this kind.
   *
   * @throws io.headrace.engine.error.InvalidSettingException if the loss does not fit the label
   */
  int units(LabelSpec label);

  /**
   * Turns scores of rows {@code from} up to {@code to}, excluded, into outputs, losses and
   * gradients.
   *
   * @param labels class indices or numbers
   * @param base index of row 0's label and weight
   * @param scale 1 / n, a factor of every gradient
   */
  void score(Scores rows, float[] labels, float[] weights, int base, int from, int to, float scale);

  /** Turns scores of rows {@code from} up to {@code to}, excluded, into outputs only. */
  void predict(Scores rows, int from, int to);

  /** What a row of this label and weight counts, the weight of its class included. */
  default double importance(double y, double weight) {
    return weight;
  }

  /**
   * The slope that moves a score as far as many small steps of the same weight together would, each
   * with the slope at which the one before left it: Karampatziakis and Langford, "Online Importance
   * Weight Aware Updates", 2011, equation 6. So no weight and no rate, however large, carries a
   * score past what the label asks for. For losses of one score; the plain slope where the formula
   * is not known.
   *
   * @param slope the plain one, weight included
   * @param pull how far the score falls by a slope of 1, above 0
   */
  default double awareSlope(double slope, double z, double y, double weight, double pull) {
    return slope;
  }

  /**
   * The buffers of a pass at the last layer.
   *
   * @param width scores of a row, and outputs of a row
   * @param stride floats from a row to the next in {@code scores} and {@code gradients}
   * @param outputs row r at r * width: probabilities, or predictions
   * @param losses one float a row, without weight
   */
  record Scores(
      int width,
      int stride,
      MemorySegment scores,
      MemorySegment gradients,
      MemorySegment outputs,
      MemorySegment losses) {}
}
