package io.headrace.engine.layer;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Variant;
import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Dropout, inverted: Srivastava et al., "Dropout", 2014. What is dropped follows from the model's
 * seed, the layer's place, the step, the row and the element; it is not stored but found again in
 * the backward pass. Immutable.
 */
record DropoutLayer(double rate) implements Layer {
  private static final int CERTAIN = 1 << 24;
  private static final long COST = 10;

  private static final Setting<Double> RATE =
      Setting.number("rate", 0, 0.99, "Part of the elements that is dropped.").orElse(0.5);

  static final Variant<Layer> VARIANT =
      new Variant<>(
          "dropout",
          "While learning, sets each element to 0 with probability rate and divides the others by"
              + " 1 - rate; Srivastava et al., 2014. Does nothing in evaluation and prediction;"
              + " while learning, a batch is scored as it is learned from.",
          List.of(RATE),
          settings -> new DropoutLayer(settings.value(RATE)));

  @Override
  public Value attach(LayerScope scope, Value input) {
    DenseValue x = scope.dense(input);
    DenseValue y = scope.buffer(x.shape());
    var mask = new Mask(scope.kernels(), scope.streamSeed(0), (int) Math.round(rate * CERTAIN));
    scope
        .tape()
        .rows(
            COST * x.width(),
            (pass, from, to) -> forward(mask, x, y, pass, from, to),
            (pass, from, to) -> backward(mask, x, y, pass, from, to));
    return y.withStepsOf(x);
  }

  private static void forward(Mask mask, DenseValue x, DenseValue y, Pass pass, int from, int to) {
    for (int row = from; row < to; row++) {
      long xAt = x.start(pass, row);
      long yAt = y.start(pass, row);
      if (pass.learns()) {
        mask.apply(pass, row, x.width(), x.values(pass), xAt, y.buffer(), yAt);
      } else {
        Floats.copy(x.values(pass), xAt, y.buffer(), yAt, x.width());
      }
    }
  }

  private static void backward(Mask mask, DenseValue x, DenseValue y, Pass pass, int from, int to) {
    for (int row = from; x.wantsGradients() && row < to; row++) {
      long at = x.start(pass, row);
      mask.apply(pass, row, x.width(), y.gradients(), at, x.gradients(), at);
    }
  }

  private record Mask(Kernels kernels, long seed, int threshold) {
    void apply(
        Pass pass, int row, int count, MemorySegment from, long at, MemorySegment to, long toAt) {
      long key = RandomStream.seed(RandomStream.seed(seed, pass.step()), row);
      float scale = (float) CERTAIN / (CERTAIN - threshold);
      kernels.dropout(count, 0, key, threshold, scale, from, at, to, toAt);
    }
  }
}
