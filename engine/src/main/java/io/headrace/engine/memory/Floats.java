package io.headrace.engine.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Segments of 32-bit floats in memory of {@link Zeros}. Offsets and counts are in floats, not
 * bytes. Elements are little-endian. A segment may be used by any thread; hand-over between threads
 * is the caller's business.
 */
public final class Floats {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Floats of a row from which on a block copy pays. */
  private static final int LONG_ROW = 16;

  private Floats() {}

  /** Allocates {@code count} zeros. */
  public static MemorySegment allocate(long count) {
    return Zeros.allocate(count * Float.BYTES);
  }

  /** The same in large pages where there are some; see {@link Zeros#allocateTable}. */
  public static MemorySegment allocateTable(long count) {
    return Zeros.allocateTable(count * Float.BYTES);
  }

  public static MemorySegment of(float... values) {
    MemorySegment segment = allocate(values.length);
    MemorySegment.copy(values, 0, segment, FLOAT, 0, values.length);
    return segment;
  }

  /** Number of floats in {@code segment}. */
  public static long count(MemorySegment segment) {
    return segment.byteSize() / Float.BYTES;
  }

  public static float read(MemorySegment segment, long index) {
    return segment.get(FLOAT, index * Float.BYTES);
  }

  public static void write(MemorySegment segment, long index, float value) {
    segment.set(FLOAT, index * Float.BYTES, value);
  }

  /** A 32-bit integer kept where a float would be. */
  public static int readInt(MemorySegment segment, long index) {
    return segment.get(INT, index * Float.BYTES);
  }

  public static void writeInt(MemorySegment segment, long index, int value) {
    segment.set(INT, index * Float.BYTES, value);
  }

  public static void copy(
      MemorySegment from, long fromIndex, MemorySegment to, long toIndex, long count) {
    MemorySegment.copy(
        from, fromIndex * Float.BYTES, to, toIndex * Float.BYTES, count * Float.BYTES);
  }

  /**
   * Copies {@code rows} rows of {@code columns} floats, which lie {@code fromStride} and {@code
   * toStride} apart.
   */
  public static void copyRows(
      MemorySegment from,
      long fromIndex,
      long fromStride,
      MemorySegment to,
      long toIndex,
      long toStride,
      long rows,
      long columns) {
    if (fromStride == columns && toStride == columns) {
      copy(from, fromIndex, to, toIndex, rows * columns);
      return;
    }
    for (long row = 0; row < rows; row++) {
      long source = fromIndex + row * fromStride;
      long target = toIndex + row * toStride;
      if (columns >= LONG_ROW) {
        copy(from, source, to, target, columns);
      } else {
        for (long column = 0; column < columns; column++) {
          write(to, target + column, read(from, source + column));
        }
      }
    }
  }

  /** {@link #copy} that does not write to memory which holds the same floats already. */
  public static void copyChanged(
      MemorySegment from, long fromIndex, MemorySegment to, long toIndex, long count) {
    Zeros.copyChanged(
        from, fromIndex * Float.BYTES, to, toIndex * Float.BYTES, count * Float.BYTES);
  }

  /** The same for {@code count} floats that lie {@code fromStride} and {@code toStride} apart. */
  public static void copyChanged(
      MemorySegment from,
      long fromIndex,
      long fromStride,
      MemorySegment to,
      long toIndex,
      long toStride,
      long count) {
    for (long i = 0; i < count; i++) {
      int bits = readInt(from, fromIndex + i * fromStride);
      if (bits != readInt(to, toIndex + i * toStride)) {
        writeInt(to, toIndex + i * toStride, bits);
      }
    }
  }

  /** Copies floats to where there are zeros, but for pages of zeros, which are not written to. */
  public static void copyOntoZeros(
      MemorySegment from, long fromIndex, MemorySegment to, long toIndex, long count) {
    Zeros.copyOntoZeros(
        from, fromIndex * Float.BYTES, to, toIndex * Float.BYTES, count * Float.BYTES);
  }

  /** Copies floats from {@code index} on to the start of a heap array, as many as it holds. */
  public static void copyOut(MemorySegment from, long index, float[] to) {
    MemorySegment.copy(from, FLOAT, index * Float.BYTES, to, 0, to.length);
  }

  /** Copies a whole heap array to where {@code index} is. */
  public static void copyIn(float[] from, MemorySegment to, long index) {
    MemorySegment.copy(from, 0, to, FLOAT, index * Float.BYTES, from.length);
  }

  /** A copy on the heap, for tests and small results. */
  public static float[] toArray(MemorySegment segment) {
    return segment.toArray(FLOAT);
  }

  public static void fill(MemorySegment segment, long index, long count, float value) {
    if (Float.floatToRawIntBits(value) == 0) {
      segment.asSlice(index * Float.BYTES, count * Float.BYTES).fill((byte) 0);
      return;
    }
    for (long i = index; i < index + count; i++) {
      write(segment, i, value);
    }
  }
}
