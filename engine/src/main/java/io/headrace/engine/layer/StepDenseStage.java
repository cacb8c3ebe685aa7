package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The products of a fully connected layer over steps. Sums, and their gradients on the way back,
 * lie as [steps][out padded] beside y, whose steps have no room for whole vectors between them.
 * Only real steps are computed: behind them y is 0, and so is the gradient of x.
 */
final class StepDenseStage {
  private final Kernels kernels;
  private final Updates updates;
  private final DenseValue x;
  private final DenseValue y;
  private final int in;
  private final int out;
  private final int steps;
  private final GateWeights weights;
  private final @Nullable Parameter bias;

  /** What the curve makes of the sums, [steps][out padded] a row, with gradients by the sums. */
  private final DenseValue z;

  private final ActivationStage curve;

  StepDenseStage(
      LayerScope scope,
      DenseValue x,
      DenseValue y,
      Activation activation,
      Initialisation first,
      boolean withBias) {
    this.kernels = scope.kernels();
    this.updates = scope.updates();
    this.x = x;
    this.y = y;
    this.steps = x.shape().getFirst();
    this.in = x.shape().getLast();
    this.out = y.shape().getLast();
    this.weights = new GateWeights(scope, "weight", in, 1, out, x.wantsGradients(), first);
    this.bias =
        withBias ? scope.parameter("bias", List.of((long) out), Initialisation.ZEROS) : null;
    this.z = scope.buffer(List.of(steps, weights.columns()));
    this.curve = ActivationStage.of(activation, scope, z);
  }

  void forward(Pass pass, int from, int to) {
    int columns = weights.columns();
    for (int row = from; row < to; row++) {
      int real = x.steps(pass, row);
      long sums = z.start(pass, row);
      Floats.fill(curve.input(), sums, (long) steps * columns, 0);
      for (int step = 0; bias != null && step < real; step++) {
        long at = sums + (long) step * columns;
        Floats.copy(bias.values(), bias.offset(), curve.input(), at, out);
      }
      weights.addProduct(
          real, x.values(pass), x.start(pass, row), in, curve.input(), sums, columns);
    }
    curve.forward(pass, from, to);
    for (int row = from; row < to; row++) {
      int real = x.steps(pass, row);
      long at = y.start(pass, row);
      copySteps(real, z.buffer(), z.start(pass, row), columns, y.buffer(), at, out);
      Floats.fill(y.buffer(), at + (long) real * out, (long) (steps - real) * out, 0);
    }
  }

  private void copySteps(
      int count,
      MemorySegment from,
      long fromAt,
      int fromStep,
      MemorySegment to,
      long toAt,
      int toStep) {
    int width = Math.min(fromStep, toStep);
    for (int step = 0; step < count; step++) {
      Floats.copy(from, fromAt + (long) step * fromStep, to, toAt + (long) step * toStep, width);
    }
  }

  /** Floats that a worker needs for the gradient of a row of x, its steps padded. */
  long rowScratch() {
    return (long) steps * Kernels.padded(in);
  }

  void backward(Pass pass, int shard, int from, int to, MemorySegment scratch) {
    int columns = weights.columns();
    for (int row = from; row < to; row++) {
      int real = x.steps(pass, row);
      long slopes = (long) row * z.stride();
      long at = (long) row * y.stride();
      Floats.fill(z.gradients(), slopes, (long) steps * columns, 0);
      copySteps(real, y.gradients(), at, out, z.gradients(), slopes, columns);
    }
    curve.backward(pass, from, to);
    for (int row = from; x.wantsGradients() && row < to; row++) {
      passGradient(row, x.steps(pass, row), scratch);
    }
  }

  private void passGradient(int row, int real, MemorySegment scratch) {
    int width = Kernels.padded(in);
    long at = (long) row * x.stride();
    long slopes = (long) row * z.stride();
    Floats.fill(scratch, 0, (long) real * width, 0);
    weights.addGradient(real, z.gradients(), slopes, weights.columns(), scratch, 0, width);
    copySteps(real, scratch, 0, width, x.gradients(), at, in);
    Floats.fill(x.gradients(), at + (long) real * in, (long) (steps - real) * in, 0);
  }

  int tiles() {
    return weights.tiles() + (bias == null ? 0 : 1);
  }

  long tileScratch() {
    return Math.max(GateWeights.scratch(), weights.columns());
  }

  void update(Pass pass, int tile, MemorySegment scratch) {
    int columns = weights.columns();
    if (tile == weights.tiles() && bias != null) {
      int all = pass.rows() * steps;
      kernels.rowSum(all, out, z.gradients(), 0, columns, scratch, 0);
      updates.apply(scratch, 0, bias.offset(), out);
      return;
    }
    GateWeights.startTile(scratch);
    for (int row = 0; row < pass.rows(); row++) {
      weights.addToTile(
          tile,
          scratch,
          x.steps(pass, row),
          x.values(pass),
          x.start(pass, row),
          in,
          z.gradients(),
          (long) row * z.stride(),
          columns);
    }
    weights.applyTile(tile, scratch);
  }

  void derive() {
    weights.derive();
  }
}
