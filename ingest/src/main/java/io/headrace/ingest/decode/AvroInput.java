package io.headrace.ingest.decode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int BITS_OF_A_BYTE = 3;
  private static final int MAX_DEPTH = 256;

  /** The bit of each byte that says that another one follows. */
  private static final long CONTINUED = 0x8080808080808080L;

  private byte[] bytes = new byte[0];
  private MemorySegment segment = MemorySegment.ofArray(bytes);
  private int position;
  private int limit;
  private int depth;

  /** Turns to {@code bytes} from {@code from} up to {@code to}, excluded. */
  void reset(byte[] bytes, int from, int to) {
    @SuppressWarnings("ReferenceEquality") // whether it is the array that the segment is of
    boolean same = bytes == this.bytes;
    if (!same) {
      segment = MemorySegment.ofArray(bytes);
    }
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
   * Reads {@code count} ints into {@code to}, from {@code at} on: two at a time where both end
   * within a word of eight bytes.
   */
  void readInts(int count, int[] to, int at) throws MalformedRecordException {
    int end = at + count;
    int last = limit - Long.BYTES;
    int next = at;
    int i = position;
    while (next < end - 1 && i <= last) {
      long word = (long) LONG.get(bytes, i);
      long ends = ~word & CONTINUED;
      long otherEnds = ends & (ends - 1);
      long first = word & (ends ^ (ends - 1));
      int firstBits = Long.numberOfTrailingZeros(ends) + 1;
      long second = (word & (otherEnds ^ (otherEnds - 1))) >>> firstBits;
      if (otherEnds == 0 || (first | second) >>> Integer.SIZE != 0) {
        position = i;
        to[next++] = readInt();
        i = position;
        continue;
      }
      long both = unzigzag(joined(first | second << Integer.SIZE));
      to[next] = (int) both;
      to[next + 1] = (int) (both >>> Integer.SIZE);
      next += 2;
      i += (Long.numberOfTrailingZeros(otherEnds) >>> BITS_OF_A_BYTE) + 1;
    }
    position = i;
    while (next < end) {
      to[next++] = readInt();
    }
  }

  /** Of either half of a word, the seven low bits of its four bytes side by side. */
  private static long joined(long word) {
    long pairs = (word & 0x007f007f007f007fL) | ((word & 0x7f007f007f007f00L) >>> 1);
    return (pairs & 0x00003fff00003fffL) | ((pairs & 0x3fff00003fff0000L) >>> 2);
  }

  /** Takes the sign of either half of a word from its lowest bit. */
  private static long unzigzag(long word) {
    long signs = (word & 0x0000000100000001L) * 0xffffffffL;
    return ((word >>> 1) & 0x7fffffff7fffffffL) ^ signs;
  }

  /** Reads {@code count} floats into {@code to}, from {@code at} on. */
  void readFloats(int count, float[] to, int at) throws MalformedRecordException {
    int from = advance(Math.multiplyExact(count, Float.BYTES), "floats");
    MemorySegment.copy(segment, FLOAT, from, to, at, count);
  }

  /** Reads {@code count} ints of four bytes each, the lowest first, into {@code to}. */
  void readWords(int count, int[] to, int at) throws MalformedRecordException {
    int from = advance(Math.multiplyExact(count, Integer.BYTES), "ints");
    MemorySegment.copy(segment, WORD, from, to, at, count);
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
