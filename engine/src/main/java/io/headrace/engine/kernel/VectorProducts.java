package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorWidth.LANES;

/**
 * Matrix products in register tiles: as many rows by as many vectors as the registers hold. Rows
 * and columns of a tile are accumulated where they lie, one fused multiply-add a step, so the bits
 * of an element depend neither on the tile nor on the vector width.
 */
final class VectorProducts {
  static final int TILE_ROWS = 4;

  /** 256-bit machines have 16 registers, others 32: enough for tiles of 16 vectors. */
  static final boolean SMALL_TILES = LANES == 8;

  /** Terms of a sum taken at once, so that the rows of b which a tile reads stay in the cache. */
  static final int DEPTH = 256;

  /** Columns of a panel: one large tile, or two small ones. */
  private static final int PANEL = SMALL_TILES ? 6 * LANES : 64;

  private VectorProducts() {}

  /** See {@link ProductKernels#panel}. */
  static int panel(int columns) {
    return Math.min(PANEL, columns);
  }

  static void product(
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
    int most = SMALL_TILES ? SmallProducts.depth(k) : DEPTH;
    int depth = Math.min(most, k);
    strip(m, n, depth, a, aRow, aStep, b, bRow, first, firstRow, out, outRow);
    for (int from = depth; from < k; from += most) {
      depth = Math.min(most, k - from);
      long aAt = a + from * aStep;
      long bAt = b + from * bRow;
      strip(m, n, depth, aAt, aRow, aStep, bAt, bRow, out, outRow, out, outRow);
    }
  }

  private static void strip(
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
    if (SMALL_TILES) {
      SmallProducts.strip(m, n, k, a, aRow, aStep, b, bRow, first, firstRow, out, outRow);
      return;
    }
    int j = 0;
    for (; j + 4 * LANES <= n; j += 4 * LANES) {
      columns4(m, k, a, aRow, aStep, b + j, bRow, first + j, firstRow, out + j, outRow);
    }
    for (; j + 2 * LANES <= n; j += 2 * LANES) {
      columns2(m, k, a, aRow, aStep, b + j, bRow, first + j, firstRow, out + j, outRow);
    }
    for (; j < n; j += LANES) {
      columns1(m, k, a, aRow, aStep, b + j, bRow, first + j, firstRow, out + j, outRow);
    }
  }

  private static void columns4(
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
    int i = 0;
    for (; i + TILE_ROWS <= m; i += TILE_ROWS) {
      VectorTiles.tile4x4(
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
    for (; i < m; i++) {
      VectorTiles.tile1x4(k, a + i * aRow, aStep, b, bRow, first + i * firstRow, out + i * outRow);
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
    int i = 0;
    for (; i + TILE_ROWS <= m; i += TILE_ROWS) {
      VectorTiles.tile4x2(
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
    for (; i < m; i++) {
      VectorTiles.tile1x2(k, a + i * aRow, aStep, b, bRow, first + i * firstRow, out + i * outRow);
    }
  }

  private static void columns1(
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
    int i = 0;
    for (; i + TILE_ROWS <= m; i += TILE_ROWS) {
      VectorTiles.tile4x1(
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
    for (; i < m; i++) {
      VectorTiles.tile1x1(k, a + i * aRow, aStep, b, bRow, first + i * firstRow, out + i * outRow);
    }
  }
}
