package io.headrace.ingest.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds bytes in text, eight at a time. A word's byte is zero where {@code (x - 01..) & ~x & 80..}
 * has its first bit; the bytes behind may lie. Stateless.
 */
public final class ByteScan {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long BEHIND_SPACES = ONES * (' ' + 1);

  private ByteScan() {}

  /**
   * Index of the first {@code wanted}, which is ASCII, from {@code from} on; {@code to} if none.
   */
  public static int find(byte[] bytes, int from, int to, char wanted) {
    long pattern = ONES * wanted;
    int i = from;
    for (int last = bytes.length - Long.BYTES; i < to && i <= last; i += Long.BYTES) {
      long x = (long) WORD.get(bytes, i) ^ pattern;
      long hits = (x - ONES) & ~x & HIGHS;
      if (hits != 0) {
        return Math.min(to, i + (Long.numberOfTrailingZeros(hits) >>> 3));
      }
    }
    while (i < to && bytes[i] != wanted) {
      i++;
    }
    return Math.min(i, to);
  }

  /**
   * Index of the first byte that is a space or a control character, or {@code a} or {@code b},
   * which are ASCII; {@code to} if there is none.
   */
  public static int findBlankOr(byte[] bytes, int from, int to, char a, char b) {
    long patternA = ONES * a;
    long patternB = ONES * b;
    int i = from;
    for (int last = bytes.length - Long.BYTES; i < to && i <= last; i += Long.BYTES) {
      long word = (long) WORD.get(bytes, i);
      long xA = word ^ patternA;
      long xB = word ^ patternB;
      long hits =
          (((xA - ONES) & ~xA) | ((xB - ONES) & ~xB) | ((word - BEHIND_SPACES) & ~word)) & HIGHS;
      if (hits != 0) {
        return Math.min(to, i + (Long.numberOfTrailingZeros(hits) >>> 3));
      }
    }
    while (i < to && bytes[i] != a && bytes[i] != b && (bytes[i] > ' ' || bytes[i] < 0)) {
      i++;
    }
    return Math.min(i, to);
  }
}
