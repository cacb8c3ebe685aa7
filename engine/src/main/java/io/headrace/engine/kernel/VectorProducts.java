package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorWidth.LANES;

import java.lang.foreign.MemorySegment;

/**
 * Matrix products in register tiles: as many rows by as many vectors as the registers hold. Rows
 * and columns of a tile are accumulated where they lie, one fused multiply-add a step, so the bits
 * of an element depend neither on the tile nor on the vector width.
 */
final class VectorProducts {
  private static final int TILE_ROWS = 4;

  /** 256-bit machines have 16 registers, others 32: enough for tiles of 16 vectors. */
  private static final boolean LARGE_TILES = LANES != 8;

  /** Terms of a sum taken at once, so that the rows of b which a tile reads stay in the cache. */
  private static final int DEPTH = 256;

  private VectorProducts() {}

  static void product(
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
    int depth = Math.min(DEPTH, k);
    strip(
        m,
        n,
        depth,
        a,
        aOffset,
        aRow,
        aStep,
        b,
        bOffset,
        bRow,
        first,
        firstOffset,
        firstRow,
        out,
        outOffset,
        outRow);
    for (int from = depth; from < k; from += DEPTH) {
      depth = Math.min(DEPTH, k - from);
      long aAt = aOffset + from * aStep;
      long bAt = bOffset + from * bRow;
      strip(
          m, n, depth, a, aAt, aRow, aStep, b, bAt, bRow, out, outOffset, outRow, out, outOffset,
          outRow);
    }
  }

  private static void strip(
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
    int j = 0;
    if (LARGE_TILES) {
      for (; j + 4 * LANES <= n; j += 4 * LANES) {
        columns4(
            m,
            k,
            a,
            aOffset,
            aRow,
            aStep,
            b,
            bOffset + j,
            bRow,
            first,
            firstOffset + j,
            firstRow,
            out,
            outOffset + j,
            outRow);
      }
    }
    for (; j + 2 * LANES <= n; j += 2 * LANES) {
      columns2(
          m,
          k,
          a,
          aOffset,
          aRow,
          aStep,
          b,
          bOffset + j,
          bRow,
          first,
          firstOffset + j,
          firstRow,
          out,
          outOffset + j,
          outRow);
    }
    for (; j < n; j += LANES) {
      columns1(
          m,
          k,
          a,
          aOffset,
          aRow,
          aStep,
          b,
          bOffset + j,
          bRow,
          first,
          firstOffset + j,
          firstRow,
          out,
          outOffset + j,
          outRow);
    }
  }

  private static void columns4(
      int m,
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
    int i = 0;
    for (; i + TILE_ROWS <= m; i += TILE_ROWS) {
      VectorTiles.tile4x4(
          k,
          a,
          aOffset + i * aRow,
          aRow,
          aStep,
          b,
          bOffset,
          bRow,
          first,
          firstOffset + i * firstRow,
          firstRow,
          out,
          outOffset + i * outRow,
          outRow);
    }
    for (; i < m; i++) {
      VectorTiles.tile1x4(
          k,
          a,
          aOffset + i * aRow,
          aStep,
          b,
          bOffset,
          bRow,
          first,
          firstOffset + i * firstRow,
          out,
          outOffset + i * outRow);
    }
  }

  private static void columns2(
      int m,
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
    int i = 0;
    for (; i + TILE_ROWS <= m; i += TILE_ROWS) {
      VectorTiles.tile4x2(
          k,
          a,
          aOffset + i * aRow,
          aRow,
          aStep,
          b,
          bOffset,
          bRow,
          first,
          firstOffset + i * firstRow,
          firstRow,
          out,
          outOffset + i * outRow,
          outRow);
    }
    for (; i < m; i++) {
      VectorTiles.tile1x2(
          k,
          a,
          aOffset + i * aRow,
          aStep,
          b,
          bOffset,
          bRow,
          first,
          firstOffset + i * firstRow,
          out,
          outOffset + i * outRow);
    }
  }

  private static void columns1(
      int m,
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
    int i = 0;
    for (; i + TILE_ROWS <= m; i += TILE_ROWS) {
      VectorTiles.tile4x1(
          k,
          a,
          aOffset + i * aRow,
          aRow,
          aStep,
          b,
          bOffset,
          bRow,
          first,
          firstOffset + i * firstRow,
          firstRow,
          out,
          outOffset + i * outRow,
          outRow);
    }
    for (; i < m; i++) {
      VectorTiles.tile1x1(
          k,
          a,
          aOffset + i * aRow,
          aStep,
          b,
          bOffset,
          bRow,
          first,
          firstOffset + i * firstRow,
          out,
          outOffset + i * outRow);
    }
  }
}
