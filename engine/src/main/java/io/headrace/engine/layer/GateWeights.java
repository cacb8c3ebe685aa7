package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A matrix from {@code in} values to the sums of several gates. It lies as [in][gates][units], the
 * units padded; its transpose is kept beside it where gradients flow back through it. Its gradient
 * is summed in tiles over all steps of all rows, and each tile goes into the optimizer at once.
 */
final class GateWeights {
  private static final int TILE = 64;

  private final Kernels kernels;
  private final Updates updates;
  private final int in;
  private final int paddedIn;
  private final int columns;
  private final int panels;
  private final boolean flowsBack;
  private final Parameter weight;
  private final MemorySegment transposed;

  GateWeights(
      LayerScope scope,
      String name,
      int in,
      int gates,
      int units,
      boolean flowsBack,
      Initialisation first) {
    this.kernels = scope.kernels();
    this.updates = scope.updates();
    this.in = in;
    this.paddedIn = Kernels.padded(in);
    this.columns = gates * Kernels.padded(units);
    this.panels = Math.ceilDiv(columns, TILE);
    this.flowsBack = flowsBack;
    List<Long> shape = List.of((long) in, (long) gates, (long) units);
    this.weight = scope.matrix(name, shape, Math.multiplyExact(in, gates), units, first);
    this.transposed = Floats.allocate(flowsBack ? (long) columns * paddedIn : 0);
  }

  /** Columns, padding included. */
  int columns() {
    return columns;
  }

  /** sums += x W for {@code count} rows of x. */
  void addProduct(
      int count,
      MemorySegment x,
      long xAt,
      long xRow,
      MemorySegment sums,
      long sumsAt,
      long sumsRow) {

    kernels.addProduct(
        count,
        columns,
        in,
        x,
        xAt,
        xRow,
        1,
        weight.values(),
        weight.offset(),
        columns,
        sums,
        sumsAt,
        sumsRow);
  }

  /** dx += slopes W^T for {@code count} rows of padded width. */
  void addGradient(
      int count,
      MemorySegment slopes,
      long slopesAt,
      long slopesRow,
      MemorySegment dx,
      long dxAt,
      long dxRow) {

    kernels.addProduct(
        count,
        paddedIn,
        columns,
        slopes,
        slopesAt,
        slopesRow,
        1,
        transposed,
        0,
        paddedIn,
        dx,
        dxAt,
        dxRow);
  }

  int tiles() {
    return panels * Math.ceilDiv(in, TILE);
  }

  static long scratch() {
    return (long) TILE * TILE;
  }

  static void startTile(MemorySegment tile) {
    Floats.fill(tile, 0, scratch(), 0);
  }

  /** Adds x^T slopes over {@code steps} steps of one row to a tile of the gradient. */
  void addToTile(
      int tile,
      MemorySegment sums,
      int steps,
      MemorySegment x,
      long xAt,
      long xStep,
      MemorySegment slopes,
      long slopesAt,
      long slopesStep) {

    kernels.addProduct(
        rows(tile),
        width(tile),
        steps,
        x,
        xAt + first(tile),
        1,
        xStep,
        slopes,
        slopesAt + column(tile),
        slopesStep,
        sums,
        0,
        width(tile));
  }

  /** Updates the tile's weights by its sums. */
  void applyTile(int tile, MemorySegment sums) {
    int first = first(tile);
    int column = column(tile);
    int width = width(tile);
    long start = weight.offset() + (long) first * columns + column;
    for (int row = 0; row < rows(tile); row++) {
      updates.apply(sums, (long) row * width, start + (long) row * columns, width);
    }
    if (flowsBack) {
      long to = (long) column * paddedIn + first;
      kernels.transpose(
          rows(tile), width, weight.values(), start, columns, transposed, to, paddedIn);
    }
  }

  void derive() {
    if (flowsBack) {
      kernels.transpose(
          in, columns, weight.values(), weight.offset(), columns, transposed, 0, paddedIn);
    }
  }

  private int first(int tile) {
    return tile / panels * TILE;
  }

  private int rows(int tile) {
    return Math.min(TILE, in - first(tile));
  }

  private int column(int tile) {
    return tile % panels * TILE;
  }

  private int width(int tile) {
    return Math.min(TILE, columns - column(tile));
  }
}
