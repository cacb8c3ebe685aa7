package io.headrace.engine.metric;

import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Stateful;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;

/**
 * Prequential evaluation (Dawid 1984; Gama, Sebastião and Rodrigues 2013): the running scores of
 * predictions made before their labels were learned from, over a window and over all samples, and
 * of the no-skill baselines of their kind.
 *
 * <p>Not thread-safe. {@link #add} allocates nothing. Rows are counted one after the other in
 * double precision, so the result depends on their order alone, not on how they were cut into
 * calls, and goes on with the same bits after {@link #save} and {@link #restore}.
 *
 * <p>Every mean is weighted by the sample weights. For classes the entries are {@code loss}, {@code
 * accuracy}, {@code logLoss}, {@code calibrationError} (see {@link CalibrationSums}) and, for two
 * classes, {@code auc} (see {@link AucHistogram} for its error bound) and {@code meanPrediction} of
 * the second class beside its {@code baseRate}, for more the {@code meanConfidence}; for numbers
 * {@code loss, mse, mae, r2}. An entry that is undefined (no samples yet, one class only, labels
 * without variance) or not finite (the training diverged) is absent.
 */
public final class OnlineEvaluation implements Stateful {
  private final Scores scores;

  /**
   * @param label what the labels are
   * @param outputWidth outputs a row: for classes one probability each, or 1 for the probability of
   *     the second of two; 1 for numbers
   */
  public OnlineEvaluation(LabelSpec label, int outputWidth) {
    this.scores =
        switch (label) {
          case LabelSpec.Classes classes -> new ClassScores(classes.names().size(), outputWidth);
          case LabelSpec.Numeric _, LabelSpec.Count _ -> new NumberScores(outputWidth);
        };
  }

  /**
   * Counts rows, in order.
   *
   * @param outputs rows x width floats, as the model gave them before it learned from these rows
   * @param labels class indices or numbers, one a row
   * @param weights sample weights, at least 0, one a row
   * @param rowLosses one float a row: the training loss before weighting
   * @param rows how many rows of each count
   */
  public void add(
      MemorySegment outputs, float[] labels, float[] weights, MemorySegment rowLosses, int rows) {
    scores.add(outputs, labels, weights, rowLosses, rows);
  }

  /** Scores of the samples since {@link #startWindow}. */
  public SortedMap<String, Double> window() {
    return Collections.unmodifiableSortedMap(scores.window().entries());
  }

  /** Scores of all samples. */
  public SortedMap<String, Double> total() {
    return Collections.unmodifiableSortedMap(scores.total().entries());
  }

  /**
   * Scores over all samples of predictors that know only the labels before: {@code
   * majorityClassAccuracy, lastLabelAccuracy, baseRateLogLoss}, or {@code meanMse, lastLabelMse}.
   */
  public SortedMap<String, Double> baselines() {
    return Collections.unmodifiableSortedMap(scores.baselines().entries());
  }

  /**
   * Numbers of samples, whatever their weight, row = true class, column = predicted class,
   * row-major; empty for numbers, and for more than {@value ConfusionMatrix#MAX_CLASSES} classes.
   */
  public List<Long> confusion() {
    return scores.confusion();
  }

  /** How often what was predicted came true, by its probability; nothing for numbers. */
  public Calibration calibration() {
    return scores.calibration();
  }

  /** Ends the window and begins an empty one. */
  public void startWindow() {
    scores.startWindow();
  }

  @Override
  public void save(StateWriter to) {
    scores.save(to);
  }

  @Override
  public void restore(StateReader from) {
    scores.restore(from);
  }
}
