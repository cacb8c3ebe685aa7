package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorKernels.REST;
import static io.headrace.engine.kernel.VectorMemory.at;
import static io.headrace.engine.kernel.VectorMemory.blocks;
import static io.headrace.engine.kernel.VectorMemory.keep;
import static io.headrace.engine.kernel.VectorMemory.span;

import java.lang.foreign.MemorySegment;

/** The products and sums of {@link VectorKernels}. */
interface VectorProductKernels extends ProductKernels {
  @Override
  default int panel(int columns) {
    return VectorProducts.panel(columns);
  }

  @Override
  default void product(
      int m,
      int n,
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment first,
      long firstOffset,
      long firstRow,
      MemorySegment out,
      long outOffset,
      long outRow) {

    VectorProducts.product(
        m,
        blocks(n),
        k,
        at(a, aOffset, span(m, aRow, span(k, aStep, 1))),
        aRow,
        aStep,
        at(b, bOffset, span(k, bRow, n)),
        bRow,
        at(first, firstOffset, span(m, firstRow, n)),
        firstRow,
        at(out, outOffset, span(m, outRow, n)),
        outRow);
    keep(a, b, first, out);
  }

  @Override
  default void rowDots(
      int rows,
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment b,
      long bOffset,
      float bias,
      MemorySegment out,
      long outOffset) {

    if (k < VectorWidth.LANES) {
      REST.rowDots(rows, k, a, aOffset, aRow, b, bOffset, bias, out, outOffset);
    } else {
      VectorSums.rowDots(
          rows,
          k,
          at(a, aOffset, span(rows, aRow, k)),
          aRow,
          at(b, bOffset, k),
          bias,
          at(out, outOffset, rows));
    }
    keep(a, b, out);
  }

  @Override
  default void weightedRowSum(
      int rows,
      int n,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment out,
      long outOffset) {

    VectorSums.weightedRowSum(
        rows,
        n,
        at(weights, weightsOffset, rows),
        at(a, aOffset, span(rows, aRow, n)),
        aRow,
        at(out, outOffset, n));
    keep(weights, a, out);
  }

  @Override
  default void rowSum(
      int rows,
      int n,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment out,
      long outOffset) {

    VectorSums.rowSum(rows, n, at(a, aOffset, span(rows, aRow, n)), aRow, at(out, outOffset, n));
    keep(a, out);
  }

  @Override
  default void transpose(
      int rows,
      int columns,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment out,
      long outOffset,
      long outRow) {

    UncheckedCopy.transpose(
        rows,
        columns,
        at(a, aOffset, span(rows, aRow, columns)),
        aRow,
        at(out, outOffset, span(columns, outRow, rows)),
        outRow);
    keep(a, out);
  }

  @Override
  default void addScaled(
      int count, float alpha, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {

    VectorSums.addScaled(count, alpha, at(x, xOffset, count), at(y, yOffset, count));
    keep(x, y);
  }
}
