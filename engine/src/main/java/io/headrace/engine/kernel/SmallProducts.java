package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorProducts.TILE_ROWS;
import static io.headrace.engine.kernel.VectorWidth.LANES;

/**
 * A strip of a matrix product in {@link SmallTiles}: four rows by three vectors, or two where three
 * would leave one over. Rows that are left over have more vectors at once, so that there are sums
 * enough to add to while others are on their way.
 */
final class SmallProducts {
  private SmallProducts() {}

  static void strip(
      int m,
      int n,
      int k,
      long a,
      long aRow,
      long aStep,
      long b,
      long bRow,
      long first,
      long firstRow,
      long out,
      long outRow) {
    int rows = m / TILE_ROWS * TILE_ROWS;
    for (int j = 0; rows > 0 && j < n; ) {
      int left = n - j;
      int columns = left == 2 * LANES || left == 4 * LANES ? 2 * LANES : 3 * LANES;
      if (columns == 2 * LANES) {
        columns2(rows, k, a, aRow, aStep, b + j, bRow, first + j, firstRow, out + j, outRow);
      } else {
        columns3(rows, k, a, aRow, aStep, b + j, bRow, first + j, firstRow, out + j, outRow);
      }
      j += columns;
    }
    for (int i = rows; i < m; i++) {
      row(n, k, a + i * aRow, aStep, b, bRow, first + i * firstRow, out + i * outRow);
    }
  }

  /** Terms taken at once, of k: strips that are alike, for a short one costs as much around it. */
  static int depth(int k) {
    return k <= VectorProducts.DEPTH ? k : Math.ceilDiv(k, Math.ceilDiv(k, VectorProducts.DEPTH));
  }

  private static void columns3(
      int m,
      int k,
      long a,
      long aRow,
      long aStep,
      long b,
      long bRow,
      long first,
      long firstRow,
      long out,
      long outRow) {
    for (int i = 0; i < m; i += TILE_ROWS) {
      SmallTiles.tile4x3(
          k,
          a + i * aRow,
          aRow,
          aStep,
          b,
          bRow,
          first + i * firstRow,
          firstRow,
          out + i * outRow,
          outRow);
    }
  }

  private static void columns2(
      int m,
      int k,
      long a,
      long aRow,
      long aStep,
      long b,
      long bRow,
      long first,
      long firstRow,
      long out,
      long outRow) {
    for (int i = 0; i < m; i += TILE_ROWS) {
      SmallTiles.tile4x2(
          k,
          a + i * aRow,
          aRow,
          aStep,
          b,
          bRow,
          first + i * firstRow,
          firstRow,
          out + i * outRow,
          outRow);
    }
  }

  private static void row(
      int n, int k, long a, long aStep, long b, long bRow, long first, long out) {
    int j = 0;
    for (; j + 4 * LANES <= n; j += 4 * LANES) {
      VectorTiles.tile1x4(k, a, aStep, b + j, bRow, first + j, out + j);
    }
    if (j < n) {
      VectorTiles.tile1x2(k, a, aStep, b + j, bRow, first + j, out + j);
    }
  }
}
