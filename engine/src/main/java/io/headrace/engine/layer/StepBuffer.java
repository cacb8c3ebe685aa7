package io.headrace.engine.layer;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * Memory of {@code steps} times {@code width} floats for every row of a batch. Begins as 0.
 *
 * @param width floats of a step, a multiple of a block
 */
record StepBuffer(MemorySegment floats, int steps, int width) {
  static StepBuffer of(int rows, int steps, int width) {
    long size = Math.multiplyExact((long) rows * steps, width);
    return new StepBuffer(Floats.allocate(size), steps, width);
  }

  /** Where a step of a row begins. */
  long at(int row, int step) {
    return ((long) row * steps + step) * width;
  }

  /** Floats from a row to the next. */
  long row() {
    return (long) steps * width;
  }

  void clear(int row, int step) {
    Floats.fill(floats, at(row, step), width, 0);
  }
}
