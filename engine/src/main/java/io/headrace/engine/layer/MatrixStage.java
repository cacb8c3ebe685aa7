package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fully connected layer of two or more units. W lies as [in][out], rows padded. Its gradient is
 * computed in tiles of a few rows of W over all rows of the batch, each handed to the optimizer
 * while it is in the cache and never stored; W^T, which the gradient of x needs, is kept beside W
 * and rewritten by the same tile.
 */
final class MatrixStage implements DenseStage {
  private static final int TILE_FLOATS = 4096;

  private final Kernels kernels;
  private final Updates updates;
  private final DenseValue x;
  private final DenseValue y;
  private final int in;
  private final int out;
  private final int stride;
  private final int tileRows;
  private final int weightTiles;
  private final Parameter weight;
  private final @Nullable Parameter bias;
  private final @Nullable MemorySegment transposed;
  private final MemorySegment zeros;

  MatrixStage(
      LayerScope scope, DenseValue x, DenseValue y, Initialisation first, boolean withBias) {
    this.kernels = scope.kernels();
    this.updates = scope.updates();
    this.x = x;
    this.y = y;
    this.in = x.width();
    this.out = y.width();
    this.stride = y.stride();
    this.tileRows = Math.max(Kernels.BLOCK, TILE_FLOATS / stride / Kernels.BLOCK * Kernels.BLOCK);
    this.weightTiles = Math.ceilDiv(in, tileRows);
    this.weight = scope.matrix("weight", in, out, first);
    this.bias =
        withBias ? scope.parameter("bias", List.of((long) out), Initialisation.ZEROS) : null;
    boolean keepTransposed = x.wantsGradients() && in > 1;
    this.zeros = Floats.allocate(Math.max(stride, x.stride()));
    this.transposed = keepTransposed ? Floats.allocate((long) out * x.stride()) : null;
  }

  @Override
  public void forward(Pass pass, MemorySegment sums, int from, int to) {
    long start = (long) from * stride;
    kernels.product(
        to - from,
        stride,
        in,
        x.values(pass),
        x.start(pass, from),
        x.stride(),
        1,
        weight.values(),
        weight.offset(),
        stride,
        bias == null ? zeros : bias.values(), // the padding behind b is 0
        bias == null ? 0 : bias.offset(),
        0,
        sums,
        start,
        stride);
  }

  @Override
  public void backward(Pass pass, int from, int to) {
    if (!x.wantsGradients()) {
      return;
    }
    MemorySegment dx = x.gradients();
    MemorySegment dy = y.gradients();
    long start = (long) from * stride;
    if (transposed == null) { // one input: W is its own transpose
      kernels.rowDots(
          to - from, out, dy, start, stride, weight.values(), weight.offset(), 0, dx, from);
      return;
    }
    long dxStart = (long) from * x.stride();
    kernels.product(
        to - from,
        x.stride(),
        out,
        dy,
        start,
        stride,
        1,
        transposed,
        0,
        x.stride(),
        zeros,
        0,
        0,
        dx,
        dxStart,
        x.stride());
  }

  @Override
  public int tiles() {
    return weightTiles + (bias == null ? 0 : 1);
  }

  @Override
  public long scratch() {
    return (long) tileRows * stride;
  }

  @Override
  public void update(Pass pass, int tile, MemorySegment scratch) {
    MemorySegment dy = y.gradients();
    if (tile == weightTiles && bias != null) {
      kernels.rowSum(pass.rows(), out, dy, 0, stride, scratch, 0);
      updates.apply(scratch, 0, bias.offset(), out);
      return;
    }
    int first = tile * tileRows;
    int rows = Math.min(tileRows, in - first);
    int count = rows * stride;
    kernels.product(
        rows,
        stride,
        pass.rows(),
        x.values(pass),
        x.start(pass, 0) + first,
        1,
        x.stride(),
        dy,
        0,
        stride,
        zeros,
        0,
        0,
        scratch,
        0,
        stride);
    updates.apply(scratch, 0, weight.offset() + (long) first * stride, count);
    transpose(first, rows);
  }

  @Override
  public void derive() {
    transpose(0, in);
  }

  private void transpose(int first, int rows) {
    if (transposed != null) {
      long start = weight.offset() + (long) first * stride;
      kernels.transpose(rows, out, weight.values(), start, stride, transposed, first, x.stride());
    }
  }
}
