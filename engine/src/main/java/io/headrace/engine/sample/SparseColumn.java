package io.headrace.engine.sample;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * A sparse input of every row in compressed-row form: row r has the pairs from {@code start(r)} up
 * to {@code start(r + 1)}, excluded. Grows to the longest rows met and then allocates no more. The
 * field of each pair is kept only where the spec counts fields. Pairs whose ids are not known yet
 * have numbers below 0 for them until {@link #settle}. Not thread-safe while it is written.
 */
public final class SparseColumn implements Column {
  /** What stands for a product of n parts, which follow it as pairs of their own, less n. */
  private static final int PRODUCT = Integer.MIN_VALUE;

  /** Of the bits of a float, the lowest one of its exponent. */
  private static final int LEAST_EXPONENT = 1 << 23;

  private static final int MOST_PARTS = 1 << 16;

  /** Gives ids to pairs that wait for one. */
  public interface WaitingIds {
    /** The id of a pair, whose value becomes 1; below 0 if it is to be left out. */
    int of(int origin, float number);

    /** What {@link #of} said last of this origin. */
    int last(int origin);

    /** The id of a product, of those of its first parts and of the next one; 0 before the first. */
    int joined(int id, int next);
  }

  private final int[] starts;
  private int[] ids;
  private float[] values;
  private int[] fields;
  private final boolean byField;
  private int filled;
  private boolean waiting;

  SparseColumn(InputSpec.Sparse spec, int capacity) {
    this.starts = new int[capacity + 1];
    this.ids = new int[capacity * 16];
    this.values = new float[capacity * 16];
    this.byField = spec.fields() > 0;
    this.fields = new int[byField ? capacity * 16 : 0];
  }

  /** Adds a pair to the row under construction, of field 0. */
  public void add(int id, float value) {
    add(id, value, 0);
  }

  /**
   * Adds a pair to the row under construction.
   *
   * @param field below the spec's fields; forgotten where there are none
   */
  public void add(int id, float value, int field) {
    if (filled == ids.length) {
      grow(filled + 1);
    }
    ids[filled] = id;
    values[filled] = value;
    if (byField) {
      fields[filled] = field;
    }
    filled++;
  }

  /**
   * Adds {@code count} pairs to the row under construction, all of field 0, ids cut by {@code
   * mask}.
   */
  public void add(int[] moreIds, float[] moreValues, int count, int mask) {
    if (filled + count > ids.length) {
      grow(filled + count);
    }
    for (int i = 0; i < count; i++) {
      ids[filled + i] = moreIds[i] & mask;
    }
    System.arraycopy(moreValues, 0, values, filled, count);
    if (byField) {
      Arrays.fill(fields, filled, filled + count, 0);
    }
    filled += count;
  }

  /**
   * Makes room for pairs of the row under construction that are written to {@link #ids} and {@link
   * #values} and then added by {@link #addReserved}.
   *
   * @return where they are to be written
   */
  public int reserve(int count) {
    if (filled + count > ids.length) {
      grow(filled + count);
    }
    return filled;
  }

  /**
   * Adds pairs that were written to where {@link #reserve} said: ids already cut, values all finite
   * numbers, all of field 0.
   */
  public void addReserved(int count) {
    if (byField) {
      Arrays.fill(fields, filled, filled + count, 0);
    }
    filled += count;
  }

  /**
   * Adds pairs that were written to where {@link #reserve} said, all of field 0, ids cut by {@code
   * mask}.
   *
   * @return false if a value is no finite number; then none is added
   */
  public boolean addReserved(int count, int mask) {
    int end = filled + count;
    int beyond = 0; // its sign says whether an exponent was that of infinities and NaN
    for (int i = filled; i < end; i++) {
      beyond |= (Float.floatToRawIntBits(values[i]) & Integer.MAX_VALUE) + LEAST_EXPONENT;
    }
    if (beyond < 0) {
      return false;
    }
    for (int i = filled; i < end; i++) {
      ids[i] &= mask;
    }
    addReserved(count);
    return true;
  }

  /**
   * Adds a pair to the row under construction whose id is not known yet.
   *
   * @param origin of the number, from 0 on
   */
  public void addWaiting(int origin, float number, int field) {
    add(-1 - origin, number, field);
    waiting = true;
  }

  /**
   * Adds the product of pairs of which some wait; its parts are to be told next, in their order, by
   * {@link #addPart} and {@link #addWaitingPart}.
   *
   * @param value product of the values of those that do not wait
   */
  public void addProduct(int parts, float value, int field) {
    if (parts > MOST_PARTS) {
      throw new IllegalArgumentException(parts + " parts of a product are more than " + MOST_PARTS);
    }
    add(PRODUCT + parts, value, field);
    waiting = true;
  }

  /** Adds the id of a part. */
  public void addPart(int id) {
    add(id, 0);
  }

  /** Adds a part that is the row's pair of this origin. */
  public void addWaitingPart(int origin) {
    add(-1 - origin, 0);
  }

  /**
   * Gives ids to all pairs of the first {@code rows} rows that wait for one; it is asked once for
   * each, in their order. There must be no more rows.
   */
  public void settle(int rows, WaitingIds to) {
    if (!waiting) {
      return;
    }
    int kept = 0;
    int i = 0;
    for (int row = 0; row < rows; row++) {
      for (int end = starts[row + 1]; i < end; i++) {
        int id = ids[i];
        float value = values[i];
        int field = byField ? fields[i] : 0;
        if (id <= PRODUCT + MOST_PARTS) {
          int last = i + id - PRODUCT;
          id = product(i + 1, last, to);
          i = last;
        } else if (id < 0) {
          id = to.of(-1 - id, value);
          value = 1;
        }
        if (id >= 0) {
          ids[kept] = id;
          values[kept] = value;
          if (byField) {
            fields[kept] = field;
          }
          kept++;
        }
      }
      starts[row + 1] = kept;
    }
    filled = kept;
    waiting = false;
  }

  private int product(int first, int last, WaitingIds to) {
    int id = 0;
    for (int i = first; i <= last; i++) {
      int part = ids[i] < 0 ? to.last(-1 - ids[i]) : ids[i];
      if (part < 0) {
        return part;
      }
      id = to.joined(id, part);
    }
    return id;
  }

  /**
   * Keeps those pairs of the first {@code rows} rows for whose ids {@code keep} says true; it is
   * asked once for each pair, in their order. There must be no more rows.
   */
  public void retainPairs(int rows, IntPredicate keep) {
    int kept = 0;
    int i = 0;
    for (int row = 0; row < rows; row++) {
      for (int end = starts[row + 1]; i < end; i++) {
        if (keep.test(ids[i])) {
          ids[kept] = ids[i];
          values[kept] = values[i];
          if (byField) {
            fields[kept] = fields[i];
          }
          kept++;
        }
      }
      starts[row + 1] = kept;
    }
    filled = kept;
  }

  /** Whether {@link #fields} has the field of each pair. */
  public boolean byField() {
    return byField;
  }

  /** Index of row {@code row}'s first pair. */
  public int start(int row) {
    return starts[row];
  }

  /** Ids of all pairs, row after row; valid until the column grows or is cleared. */
  public int[] ids() {
    return ids;
  }

  /** Values of all pairs, beside {@link #ids}. */
  public float[] values() {
    return values;
  }

  /** Fields of all pairs, beside {@link #ids}; empty where they are not kept. */
  public int[] fields() {
    return fields;
  }

  @Override
  public void commit(int row) {
    starts[row + 1] = filled;
  }

  @Override
  public void discard(int row) {
    filled = starts[row];
  }

  @Override
  public void append(Column source, int from, int to, int atRow) {
    var other = (SparseColumn) source;
    int first = other.starts[from];
    int count = other.starts[to] - first;
    if (filled + count > ids.length) {
      growFor(filled + count, atRow + to - from);
    }
    System.arraycopy(other.ids, first, ids, filled, count);
    System.arraycopy(other.values, first, values, filled, count);
    if (byField) {
      System.arraycopy(other.fields, first, fields, filled, count);
    }
    int shift = filled - first;
    for (int row = from; row < to; row++) {
      starts[atRow + row - from + 1] = other.starts[row + 1] + shift;
    }
    filled += count;
    waiting |= other.waiting;
  }

  @Override
  public void move(int from, int to) {
    int first = starts[from];
    int count = starts[from + 1] - first;
    int target = starts[to];
    System.arraycopy(ids, first, ids, target, count);
    System.arraycopy(values, first, values, target, count);
    if (byField) {
      System.arraycopy(fields, first, fields, target, count);
    }
    starts[to + 1] = target + count;
  }

  @Override
  public void clear() {
    filled = 0;
    waiting = false;
  }

  /**
   * Grows at once to what all rows will take if they go on like those so far, and some more, but
   * never to more than twice of what is needed now.
   */
  private void growFor(int needed, int rows) {
    long likely = (long) needed * (starts.length - 1) / rows;
    long most = Math.min(2L * needed, Integer.MAX_VALUE - 8);
    grow(Math.max(needed, (int) Math.min(likely + likely / 16, most)));
  }

  private void grow(int needed) {
    int length = Math.max(needed, ids.length + (ids.length >> 1));
    ids = Arrays.copyOf(ids, length);
    values = Arrays.copyOf(values, length);
    fields = byField ? Arrays.copyOf(fields, length) : fields;
  }
}
