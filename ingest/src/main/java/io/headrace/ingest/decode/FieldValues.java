package io.headrace.ingest.decode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a record's fields hold, one slot a field, until all of the record is read. Text is not
 * copied: a slot points to the bytes, which must stay as they are until the row is done. Not
 * thread-safe.
 */
final class FieldValues {
  /** What a slot holds. */
  enum Kind {
    ABSENT,
    INTEGER,
    REAL,
    FLAG,
    /** Text that was written as text. */
    TEXT,
    /** A symbol of an enum: text with an index. */
    SYMBOL,
    /** Text of a format without types: a number if it reads as one. */
    UNTYPED
  }

  private static final int SHOWN_BYTES = 80;

  private final Kind[] kinds;
  private final long[] integers;
  private final double[] reals;
  private final byte[][] texts;
  private final int[] offsets;
  private final int[] lengths;

  FieldValues(int slots) {
    kinds = new Kind[slots];
    integers = new long[slots];
    reals = new double[slots];
    texts = new byte[slots][];
    offsets = new int[slots];
    lengths = new int[slots];
    clear();
  }

  void clear() {
    Arrays.fill(kinds, Kind.ABSENT);
  }

  void clear(int slot) {
    kinds[slot] = Kind.ABSENT;
  }

  void integer(int slot, long value) {
    kinds[slot] = Kind.INTEGER;
    integers[slot] = value;
  }

  void real(int slot, double value) {
    kinds[slot] = Kind.REAL;
    reals[slot] = value;
  }

  void flag(int slot, boolean value) {
    kinds[slot] = Kind.FLAG;
    integers[slot] = value ? 1 : 0;
  }

  void text(int slot, byte[] bytes, int offset, int length) {
    point(slot, Kind.TEXT, bytes, offset, length);
  }

  void untyped(int slot, byte[] bytes, int offset, int length) {
    point(slot, Kind.UNTYPED, bytes, offset, length);
  }

  /** Text that is the number, where it is a whole one: 1, +1 and 1.0 are then the same class. */
  void wholeOrUntyped(int slot, byte[] bytes, int offset, int length) {
    double number = NumberText.parse(bytes, offset, length);
    if (number == Math.rint(number) && Math.abs(number) < 1L << 53) {
      integer(slot, (long) number);
    } else {
      untyped(slot, bytes, offset, length);
    }
  }

  void symbol(int slot, byte[] symbol, int index) {
    symbol(slot, symbol, 0, symbol.length, index);
  }

  void symbol(int slot, byte[] bytes, int offset, int length, int index) {
    point(slot, Kind.SYMBOL, bytes, offset, length);
    integers[slot] = index;
  }

  private void point(int slot, Kind kind, byte[] bytes, int offset, int length) {
    kinds[slot] = kind;
    texts[slot] = bytes;
    offsets[slot] = offset;
    lengths[slot] = length;
  }

  Kind kind(int slot) {
    return kinds[slot];
  }

  /** The whole number of an INTEGER, the 0 or 1 of a FLAG, the index of a SYMBOL. */
  long integer(int slot) {
    return integers[slot];
  }

  byte[] bytes(int slot) {
    return texts[slot];
  }

  int offset(int slot) {
    return offsets[slot];
  }

  int length(int slot) {
    return lengths[slot];
  }

  /** The slot as a number; NaN if it is absent or text that is no number. */
  double number(int slot) {
    return switch (kinds[slot]) {
      case INTEGER, FLAG, SYMBOL -> integers[slot];
      case REAL -> reals[slot];
      case TEXT, UNTYPED -> NumberText.parse(texts[slot], offsets[slot], lengths[slot]);
      case ABSENT -> Double.NaN;
    };
  }

  /** The slot as milliseconds since 1970; {@link EventTimeText#NONE} if it is no time. */
  long time(int slot) {
    return switch (kinds[slot]) {
      case INTEGER -> integers[slot];
      case TEXT, UNTYPED -> {
        long time = EventTimeText.parse(texts[slot], offsets[slot], lengths[slot]);
        yield time == EventTimeText.NONE ? millis(number(slot)) : time;
      }
      case REAL -> millis(reals[slot]);
      case FLAG, SYMBOL, ABSENT -> EventTimeText.NONE;
    };
  }

  private static long millis(double number) {
    return Double.isFinite(number) ? (long) number : EventTimeText.NONE;
  }

  /** Whether the slot is a number to those who could use text as well. */
  boolean isNumber(int slot) {
    return switch (kinds[slot]) {
      case INTEGER, REAL -> true;
      case UNTYPED ->
          NumberText.isNumber(texts[slot], offsets[slot], lengths[slot])
              || NumberText.isNotFinite(texts[slot], offsets[slot], lengths[slot]);
      default -> false;
    };
  }

  /** The slot for a person to read. */
  String show(int slot) {
    return switch (kinds[slot]) {
      case ABSENT -> "nothing";
      case INTEGER -> Long.toString(integers[slot]);
      case REAL -> Double.toString(reals[slot]);
      case FLAG -> Boolean.toString(integers[slot] == 1);
      case TEXT, SYMBOL, UNTYPED ->
          "'"
              + new String(
                  texts[slot],
                  offsets[slot],
                  Math.min(lengths[slot], SHOWN_BYTES),
                  StandardCharsets.UTF_8)
              + (lengths[slot] > SHOWN_BYTES ? "...'" : "'");
    };
  }
}
