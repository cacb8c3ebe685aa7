package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fully connected layer of one unit: y = w . x + b. w lies without gaps, and so does y, one float
 * a row.
 */
final class SingleUnitStage implements DenseStage {
  private final Kernels kernels;
  private final Updates updates;
  private final DenseValue x;
  private final DenseValue y;
  private final int in;
  private final Parameter weight;
  private final @Nullable Parameter bias;

  SingleUnitStage(
      LayerScope scope, DenseValue x, DenseValue y, Initialisation first, boolean withBias) {
    this.kernels = scope.kernels();
    this.updates = scope.updates();
    this.x = x;
    this.y = y;
    this.in = x.width();
    this.weight = scope.parameter("weight", List.of((long) in, 1L), first);
    this.bias = withBias ? scope.parameter("bias", List.of(1L), Initialisation.ZEROS) : null;
  }

  @Override
  public void forward(Pass pass, MemorySegment sums, int from, int to) {
    float b = bias == null ? 0 : Floats.read(bias.values(), bias.offset());
    kernels.rowDots(
        to - from,
        in,
        x.values(pass),
        x.start(pass, from),
        x.stride(),
        weight.values(),
        weight.offset(),
        b,
        sums,
        from);
  }

  @Override
  public void backward(Pass pass, int from, int to) {
    if (!x.wantsGradients()) {
      return;
    }
    MemorySegment dx = x.gradients();
    MemorySegment dy = y.gradients();
    if (in == 1) {
      kernels.rowDots(to - from, 1, dy, from, 1, weight.values(), weight.offset(), 0, dx, from);
      return;
    }
    int stride = x.stride();
    long start = (long) from * stride;
    Floats.fill(dx, start, (long) (to - from) * stride, 0);
    kernels.addProduct( // the padding behind w is 0
        to - from,
        stride,
        1,
        dy,
        from,
        1,
        1,
        weight.values(),
        weight.offset(),
        stride,
        dx,
        start,
        stride);
  }

  @Override
  public int tiles() {
    return 1;
  }

  @Override
  public long scratch() {
    return Kernels.padded(in);
  }

  @Override
  public void update(Pass pass, int tile, MemorySegment scratch) {
    MemorySegment dy = y.gradients();
    int rows = pass.rows();
    long start = x.start(pass, 0);
    kernels.weightedRowSum(rows, in, dy, 0, x.values(pass), start, x.stride(), scratch, 0);
    updates.apply(scratch, 0, weight.offset(), in);
    if (bias != null) {
      kernels.rowSum(rows, 1, dy, 0, 1, scratch, 0);
      updates.apply(scratch, 0, bias.offset(), 1);
    }
  }

  @Override
  public void derive() {}
}
