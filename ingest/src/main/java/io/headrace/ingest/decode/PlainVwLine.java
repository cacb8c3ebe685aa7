package io.headrace.ingest.decode;

import io.headrace.engine.sample.SparseColumn;

/**
 * Reads lines of the plain kind, which are nearly all of Vowpal Wabbit's: a whole number as label,
 * namespaces without scale, and names with or without a number. Their features go straight into the
 * column of an input that takes all, in one pass that hashes eight bytes at a time. Any other line
 * is left to {@link VwLine}, from its start on: nothing is said here of what is wrong with it. Not
 * thread-safe.
 */
final class PlainVwLine {
  private final FieldValues values;
  private final int mask;
  private final VwStops stops;
  private final NumberScan number = new NumberScan();
  private int at;

  /**
   * @param values get the label
   * @param mask cuts hashes to the bits of the input
   * @param stops of the lines to be read
   */
  PlainVwLine(FieldValues values, int mask, VwStops stops) {
    this.values = values;
    this.mask = mask;
    this.stops = stops;
  }

  /** Whether the line was read; if not, {@code to} is as it was. */
  boolean read(byte[] bytes, int start, int end, SparseColumn to) {
    int bar = VwStops.isWord(bytes, end) ? readLabel(bytes, start, end) : end;
    if (bar == end) {
      return false;
    }
    int first = to.reserve((end - start) / 2); // a feature takes a separator and a letter at least
    int past = readFeatures(bytes, bar, end, to.ids(), to.values(), first);
    if (past < 0) {
      return false;
    }
    to.addReserved(past - first);
    return true;
  }

  /** Reads the label; returns where the first bar is, {@code end} if that is not just behind it. */
  private int readLabel(byte[] bytes, int start, int end) {
    double label = number.read(bytes, start, end);
    int space = number.end();
    boolean plain =
        label == Math.rint(label)
            && space + 1 < end
            && bytes[space] == ' '
            && bytes[space + 1] == '|';
    if (plain) {
      values.integer(FieldTable.LABEL, (long) label);
    }
    return plain ? space + 1 : end;
  }

  /** Returns just past the last pair, or -1 if the line is not of the plain kind. */
  private int readFeatures(byte[] bytes, int bar, int end, int[] ids, float[] reals, int first) {
    int pair = first;
    at = bar;
    while (at < end) {
      if (bytes[at] != '|' || pair < 0) {
        return -1;
      }
      int name = at + 1;
      at = stops.next(name);
      int seed = at == name ? 0 : VwLine.hash(bytes, name, at, 0);
      pair = readNamespace(bytes, end, seed, ids, reals, pair);
    }
    return pair;
  }

  /** Reads the features of a namespace whose name has just been read; returns as above. */
  private int readNamespace(byte[] bytes, int end, int seed, int[] ids, float[] reals, int first) {
    int pair = first;
    int i = at;
    while (i < end && bytes[i] == ' ') {
      int from = i + 1;
      long word = VwStops.word(bytes, from);
      int rest = stops.distance(from);
      int hash = seed;
      i = from + rest;
      if (rest == Long.BYTES) {
        hash = Murmur3.mix(Murmur3.mix(seed, (int) word), (int) (word >>> Integer.SIZE));
        word = VwStops.word(bytes, i);
        rest = stops.distance(i);
        i += rest;
      }
      if (rest == Long.BYTES) {
        i = stops.next(i);
        hash = Murmur3.hash(bytes, from, i - from, seed);
      } else {
        if (rest >= Integer.BYTES) {
          hash = Murmur3.mix(hash, (int) word);
          word >>>= Integer.SIZE;
        }
        int last = (int) word & ((1 << (Byte.SIZE * (rest & 3))) - 1);
        hash = Murmur3.finish(hash, last, i - from);
      }
      if (i == from) {
        continue;
      }
      if (VwLine.isDigit(bytes[from])) {
        hash = VwLine.hash(bytes, from, i, seed);
      }
      float value = 1;
      if (i < end && bytes[i] == ':') {
        value = value(bytes, i + 1, end);
        i = number.end();
        if (!Float.isFinite(value)) {
          return -1;
        }
      }
      if (value != 0) {
        ids[pair] = hash & mask;
        reals[pair] = value;
        pair++;
      }
    }
    at = i;
    return pair;
  }

  private float value(byte[] bytes, int from, int end) {
    int length = stops.distance(from);
    return (float)
        (length == Long.BYTES
            ? number.read(bytes, from, end)
            : number.read(VwStops.word(bytes, from), length, from));
  }
}
