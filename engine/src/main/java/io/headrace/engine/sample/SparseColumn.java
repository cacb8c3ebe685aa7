package io.headrace.engine.sample;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * A sparse input of every row in compressed-row form: row r has the pairs from {@code start(r)} up
 * to {@code start(r + 1)}, excluded. Grows to the longest rows met and then allocates no more. The
 * field of each pair is kept only where the spec counts fields. Not thread-safe while it is
 * written.
 */
public final class SparseColumn implements Column {
  private final int[] starts;
  private int[] ids;
  private float[] values;
  private int[] fields;
  private final boolean byField;
  private int filled;

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
    int most = 0;
    for (int i = filled; i < end; i++) {
      most = Math.max(most, Float.floatToRawIntBits(values[i]) & Integer.MAX_VALUE);
    }
    if (most >= Float.floatToRawIntBits(Float.POSITIVE_INFINITY)) {
      return false;
    }
    for (int i = filled; i < end; i++) {
      ids[i] &= mask;
    }
    addReserved(count);
    return true;
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
      grow(filled + count);
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
  }

  private void grow(int needed) {
    int length = Math.max(needed, ids.length + (ids.length >> 1));
    ids = Arrays.copyOf(ids, length);
    values = Arrays.copyOf(values, length);
    fields = byField ? Arrays.copyOf(fields, length) : fields;
  }
}
