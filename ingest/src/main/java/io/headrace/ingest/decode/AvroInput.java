package io.headrace.ingest.decode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads Avro's binary encoding from a range of bytes, and never beyond it. Not thread-safe; the
 * bytes belong to whoever gave them.
 */
final class AvroInput {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int MAX_DEPTH = 256;
  private static final int MOST_INT_BYTES = 5;

  /** The bit of each byte that says that another one follows. */
  private static final long CONTINUED = 0x8080808080808080L;

  private byte[] bytes = new byte[0];
  private int position;
  private int limit;
  private int depth;

  /** Turns to {@code bytes} from {@code from} up to {@code to}, excluded. */
  void reset(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    position = from;
    limit = to;
    depth = 0;
  }

  byte[] bytes() {
    return bytes;
  }

  int position() {
    return position;
  }

  /** Goes back to a position that {@link #position} gave. */
  void position(int earlier) {
    position = earlier;
  }

  int remaining() {
    return limit - position;
  }

  /** Enters a record within a record. */
  void enter() throws MalformedRecordException {
    if (++depth > MAX_DEPTH) {
      throw new MalformedRecordException("records lie more than " + MAX_DEPTH + " deep");
    }
  }

  void leave() {
    depth--;
  }

  long readLong() throws MalformedRecordException {
    int at = position;
    if (at < limit) {
      int first = bytes[at];
      if (first >= 0) {
        position = at + 1;
        int value = (first >>> 1) ^ -(first & 1);
        return value;
      }
    }
    return readLongerLong();
  }

  private long readLongerLong() throws MalformedRecordException {
    long value = 0;
    int at = position;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (at == limit) {
        throw ended("a number");
      }
      byte next = bytes[at++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        position = at;
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new MalformedRecordException("a number is longer than 10 bytes");
  }

  int readInt() throws MalformedRecordException {
    long value = readLong();
    if (value != (int) value) {
      throw new MalformedRecordException("int " + value + " is beyond 32 bits");
    }
    return (int) value;
  }

  /**
   * Reads {@code count} ints into {@code to}, from {@code at} on, each from a word of eight bytes.
   */
  void readInts(int count, int[] to, int at) throws MalformedRecordException {
    int end = at + count;
    int next = at;
    int i = position;
    for (int last = limit - Long.BYTES; next < end && i <= last; next++) {
      long word = (long) LONG.get(bytes, i);
      int length = Long.numberOfTrailingZeros(~word & CONTINUED) / Byte.SIZE + 1;
      word &= -1L >>> (Long.SIZE - Byte.SIZE * Math.min(length, MOST_INT_BYTES));
      long value =
          (word & 0x7f)
              | ((word >>> 1) & (0x7f << 7))
              | ((word >>> 2) & (0x7f << 14))
              | ((word >>> 3) & (0x7f << 21))
              | ((word >>> 4) & (0x7fL << 28));
      if (length > MOST_INT_BYTES || value >>> Integer.SIZE != 0) {
        position = i;
        to[next] = readInt(); // says what is wrong
        i = position;
      } else {
        to[next] = (int) (value >>> 1) ^ -(int) (value & 1);
        i += length;
      }
    }
    position = i;
    while (next < end) {
      to[next++] = readInt();
    }
  }

  /** Reads {@code count} floats into {@code to}, from {@code at} on. */
  void readFloats(int count, float[] to, int at) throws MalformedRecordException {
    int from = advance(Math.multiplyExact(count, Float.BYTES), "floats");
    for (int i = 0; i < count; i++) {
      to[at + i] = Float.intBitsToFloat((int) INT.get(bytes, from + i * Float.BYTES));
    }
  }

  float readFloat() throws MalformedRecordException {
    int at = advance(Float.BYTES, "a float");
    return Float.intBitsToFloat((int) INT.get(bytes, at));
  }

  double readDouble() throws MalformedRecordException {
    int at = advance(Double.BYTES, "a double");
    return Double.longBitsToDouble((long) LONG.get(bytes, at));
  }

  boolean readBoolean() throws MalformedRecordException {
    byte value = bytes[advance(1, "a boolean")];
    if ((value & ~1) != 0) {
      throw new MalformedRecordException("boolean is " + value + ", neither 0 nor 1");
    }
    return value == 1;
  }

  /** Reads the index of one of {@code choices} branches or symbols. */
  int readIndex(int choices) throws MalformedRecordException {
    long index = readLong();
    if (index < 0 || index >= choices) {
      throw new MalformedRecordException(
          "choice " + index + " is not within 0 to " + (choices - 1));
    }
    return (int) index;
  }

  /** Reads the length of text or bytes, which lie at {@link #position} and are still to skip. */
  int readLength() throws MalformedRecordException {
    long length = readLong();
    if (length < 0 || length > limit - position) {
      throw new MalformedRecordException(
          "text or bytes of length " + length + " where " + remaining() + " bytes are left");
    }
    return (int) length;
  }

  /**
   * Reads the number of items in the next block of an array or map: 0 at its end. Where the block
   * says how many bytes it has, that is read over.
   *
   * @param minItemBytes what an item takes at least
   */
  long readBlockCount(int minItemBytes) throws MalformedRecordException {
    long count = readLong();
    if (count < 0) {
      count = -count;
      readLength();
    }
    if (count < 0 || (minItemBytes > 0 && count > remaining() / minItemBytes)) {
      throw new MalformedRecordException(
          "array or map of " + count + " items where " + remaining() + " bytes are left");
    }
    return count;
  }

  void skip(long count) throws MalformedRecordException {
    if (count > limit - position) {
      throw ended(count + " bytes");
    }
    position += (int) count;
  }

  private int advance(int count, String what) throws MalformedRecordException {
    int at = position;
    if (count > limit - at) {
      throw ended(what);
    }
    position = at + count;
    return at;
  }

  private MalformedRecordException ended(String wanted) {
    return new MalformedRecordException(
        "the record ends where " + wanted + " is expected: " + remaining() + " bytes are left");
  }
}
