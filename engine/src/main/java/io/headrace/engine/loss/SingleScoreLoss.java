package io.headrace.engine.loss;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

/** A loss of one score z a row: what it costs, its slope, and what is predicted. */
interface SingleScoreLoss extends Loss {
  /** The loss of score {@code z} where the label is {@code y}. */
  double loss(double z, double y);

  /** Its derivative by {@code z}. */
  double slope(double z, double y);

  /** The output for score {@code z}. */
  double output(double z);

  @Override
  default void score(
      Scores rows, float[] labels, float[] weights, int base, int from, int to, float scale) {
    for (int row = from; row < to; row++) {
      long at = (long) row * rows.stride();
      double z = read(rows.scores(), at);
      double y = labels[base + row];
      write(rows.losses(), row, (float) loss(z, y));
      write(rows.outputs(), row, (float) output(z));
      write(rows.gradients(), at, (float) slope(z, y) * (weights[base + row] * scale));
    }
  }

  @Override
  default void predict(Scores rows, int from, int to) {
    for (int row = from; row < to; row++) {
      write(rows.outputs(), row, (float) output(read(rows.scores(), (long) row * rows.stride())));
    }
  }
}
