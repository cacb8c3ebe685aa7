package io.headrace.engine.kernel;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/** The products and sums of {@link ScalarKernels}. */
interface ScalarProductKernels extends ProductKernels {
  @Override
  default int panel(int columns) {
    return columns;
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
    for (int i = 0; i < m; i++) {
      long at = outOffset + i * outRow;
      Floats.copy(first, firstOffset + i * firstRow, out, at, n);
      for (int l = 0; l < k; l++) {
        float factor = read(a, aOffset + i * aRow + l * aStep);
        addScaled(n, factor, b, bOffset + l * bRow, out, at);
      }
    }
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
    for (int i = 0; i < rows; i++) {
      float sum = 0;
      for (int l = 0; l < k; l++) {
        sum += read(a, aOffset + i * aRow + l) * read(b, bOffset + l);
      }
      write(out, outOffset + i, bias + sum);
    }
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
    for (int j = 0; j < n; j++) {
      float sum = 0;
      for (int i = 0; i < rows; i++) {
        sum += read(weights, weightsOffset + i) * read(a, aOffset + i * aRow + j);
      }
      write(out, outOffset + j, sum);
    }
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
    for (int j = 0; j < n; j++) {
      float sum = 0;
      for (int i = 0; i < rows; i++) {
        sum += read(a, aOffset + i * aRow + j);
      }
      write(out, outOffset + j, sum);
    }
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
    for (int j = 0; j < columns; j++) {
      for (int i = 0; i < rows; i++) {
        write(out, outOffset + j * outRow + i, read(a, aOffset + i * aRow + j));
      }
    }
  }

  @Override
  default void addScaled(
      int count, float alpha, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    for (int i = 0; i < count; i++) {
      write(y, yOffset + i, read(y, yOffset + i) + alpha * read(x, xOffset + i));
    }
  }
}
