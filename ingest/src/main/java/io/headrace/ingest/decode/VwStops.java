package io.headrace.ingest.decode;

import io.headrace.ingest.RecordChunk;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Where words of lines of Vowpal Wabbit's may end: a mark in the place of each blank, |, and :, and
 * behind each line. They are found for a chunk at once, in a loop that the compiler turns into
 * vectors. Not thread-safe.
 */
final class VwStops {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int MARK = 0x80;

  private byte[] marks = {};

  /** Finds the stops of all lines of a chunk, one record each. */
  void find(RecordChunk chunk) {
    int filled = chunk.filled();
    if (marks.length < filled + Long.BYTES) {
      marks = new byte[chunk.bytes().length + Long.BYTES];
    }
    mark(chunk.bytes(), filled, marks);
    for (int i = 0; i < chunk.count(); i++) {
      marks[chunk.end(i)] = (byte) MARK;
    }
  }

  /** In {@code x - y & ~x} the highest bit of a byte x below 128 says whether it is less than y. */
  private static void mark(byte[] bytes, int count, byte[] marks) {
    for (int i = 0; i < count; i++) {
      int b = bytes[i];
      int bar = b ^ '|';
      int colon = b ^ ':';
      marks[i] = (byte) (((b - (' ' + 1) & ~b) | (bar - 1 & ~bar) | (colon - 1 & ~colon)) & MARK);
    }
  }

  /** Whether eight bytes of text from {@code index} on can be read as one word. */
  static boolean isWord(byte[] bytes, int index) {
    return index + Long.BYTES <= bytes.length;
  }

  /** Eight bytes of text as a number, the first of them lowest. */
  static long word(byte[] bytes, int index) {
    return (long) WORD.get(bytes, index);
  }

  /** How far the first stop from {@code index} on is away, at most eight bytes. */
  int distance(int index) {
    return Long.numberOfTrailingZeros((long) WORD.get(marks, index)) >>> 3;
  }

  /** The first stop from {@code index} on. */
  int next(int index) {
    int i = index;
    int distance = distance(i);
    while (distance == Long.BYTES) {
      i += Long.BYTES;
      distance = distance(i);
    }
    return i + distance;
  }
}
