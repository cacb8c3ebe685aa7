package io.headrace.engine.layer;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A layer's named range of the flat parameter vector: {@code rows} times {@code columns} floats,
 * rows {@code stride} apart. What lies between two rows is padding and stays 0.
 *
 * @param name unique in the model, e.g. {@code 0.dense.weight}
 * @param shape lengths of each dimension as a checkpoint names them
 * @param offset of the first float in the vector
 * @param table whether a step changes only those rows that its batch names
 */
public record Parameter(
    Parameters owner,
    String name,
    List<Long> shape,
    long rows,
    long columns,
    long stride,
    long offset,
    boolean table) {
  public Parameter {
    shape = List.copyOf(shape);
  }

  /** The whole parameter vector. */
  public MemorySegment values() {
    return owner.values();
  }

  /** Floats without padding. */
  public long count() {
    return rows * columns;
  }

  /** How far rows of {@code width} floats lie apart in a table, which may be claimed as one row. */
  public long rowStride(int width) {
    return rows == 1 ? width : stride;
  }
}
