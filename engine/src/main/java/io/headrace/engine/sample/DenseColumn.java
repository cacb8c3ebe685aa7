package io.headrace.engine.sample;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * A dense input of every row: {@code width} floats a row, rows without gaps. Not thread-safe while
 * it is written.
 */
public final class DenseColumn implements Column {
  private final int capacity;
  private final int declared;
  private int width;
  private MemorySegment values;

  DenseColumn(InputSpec.Dense spec, int capacity) {
    this.capacity = capacity;
    this.declared = spec.elements();
    this.width = declared;
    this.values = Floats.allocate((long) capacity * width);
  }

  /** Floats in a row. */
  public int width() {
    return width;
  }

  /**
   * Makes rows {@code floats} wide until the column is cleared. No float is moved: whoever calls
   * this writes every row to its new place. The memory grows to the widest rows met.
   */
  public void reshape(int floats) {
    width = floats;
    long needed = (long) capacity * floats;
    if (needed > Floats.count(values)) {
      MemorySegment wider = Floats.allocate(needed);
      Floats.copy(values, 0, wider, 0, Floats.count(values));
      values = wider;
    }
  }

  /** Row r lies at r * width, counted in floats; valid until the column is reshaped. */
  public MemorySegment values() {
    return values;
  }

  /** Where row {@code row} begins, counted in floats. */
  public long start(int row) {
    return (long) row * width;
  }

  @Override
  public void commit(int row) {}

  @Override
  public void discard(int row) {}

  @Override
  public void append(Column source, int from, int to, int atRow) {
    var other = (DenseColumn) source;
    Floats.copy(other.values, other.start(from), values, start(atRow), (long) (to - from) * width);
  }

  @Override
  public void move(int from, int to) {
    Floats.copy(values, start(from), values, start(to), width);
  }

  @Override
  public void clear() {
    width = declared;
  }
}
