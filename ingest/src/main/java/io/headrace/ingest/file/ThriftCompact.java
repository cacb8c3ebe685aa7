package io.headrace.ingest.file;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Reads the fields of a structure in Thrift's compact protocol, which Parquet has its metadata in.
 * Every method throws {@link BufferUnderflowException} where the bytes are too few. Not
 * thread-safe.
 */
final class ThriftCompact {
  /** What {@link #nextField} returns behind the last one. */
  static final int END = -1;

  private static final int DEEPEST = 32;

  private static final int TRUE = 1;
  private static final int FALSE = 2;
  private static final int BYTE = 3;
  private static final int SHORT = 4;
  private static final int INT = 5;
  private static final int LONG = 6;
  private static final int DOUBLE = 7;
  private static final int BINARY = 8;
  private static final int LIST = 9;
  private static final int SET = 10;
  private static final int MAP = 11;
  private static final int STRUCTURE = 12;

  private final ByteBuffer in;
  private int type;

  ThriftCompact(ByteBuffer in) {
    this.in = in;
  }

  /**
   * Number of the next field of a structure.
   *
   * @param before that of the field before; 0 at the first
   */
  int nextField(int before) throws IOException {
    int head = in.get() & 0xff;
    type = head & 0x0f;
    if (type == 0) {
      return END;
    }
    int distance = head >> 4;
    return distance == 0 ? (int) zigzag() : before + distance;
  }

  /** The whole number that the field is. */
  long number() throws IOException {
    if (type != INT && type != LONG && type != SHORT) {
      throw new IOException("a field of type " + type + " is no number");
    }
    return zigzag();
  }

  /** Whether the field, a truth value, is true. */
  boolean flag() throws IOException {
    if (type != TRUE && type != FALSE) {
      throw new IOException("a field of type " + type + " is no truth value");
    }
    return type == TRUE;
  }

  void requireStructure() throws IOException {
    if (type != STRUCTURE) {
      throw new IOException("a field of type " + type + " is no structure");
    }
  }

  /** Passes over the field. */
  void skip() throws IOException {
    skip(type, 0);
  }

  private void skip(int kind, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new IOException("structures lie in each other deeper than " + DEEPEST);
    }
    switch (kind) {
      case TRUE, FALSE -> {}
      case BYTE -> pass(1);
      case SHORT, INT, LONG -> varint();
      case DOUBLE -> pass(Double.BYTES);
      case BINARY -> pass(varint());
      case LIST, SET -> skipList(depth);
      case MAP -> skipMap(depth);
      case STRUCTURE -> {
        for (int field = nextField(0); field != END; field = nextField(field)) {
          skip(type, depth + 1);
        }
      }
      default -> throw new IOException("there are no fields of type " + kind);
    }
  }

  private void skipList(int depth) throws IOException {
    int head = in.get() & 0xff;
    long size = head >> 4 == 0x0f ? varint() : head >> 4;
    for (long i = 0; i < size; i++) {
      skipElement(head & 0x0f, depth);
    }
  }

  private void skipMap(int depth) throws IOException {
    long size = varint();
    if (size == 0) {
      return;
    }
    int kinds = in.get() & 0xff;
    for (long i = 0; i < size; i++) {
      skipElement(kinds >> 4, depth);
      skipElement(kinds & 0x0f, depth);
    }
  }

  /** In lists and maps a truth value has a byte of its own. */
  private void skipElement(int kind, int depth) throws IOException {
    skip(kind == TRUE || kind == FALSE ? BYTE : kind, depth + 1);
  }

  private void pass(long bytes) {
    if (bytes < 0 || bytes > in.remaining()) {
      throw new BufferUnderflowException();
    }
    in.position(in.position() + (int) bytes);
  }

  private long zigzag() throws IOException {
    long bits = varint();
    return (bits >>> 1) ^ -(bits & 1);
  }

  private long varint() throws IOException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IOException("a number is longer than 10 bytes");
  }
}
