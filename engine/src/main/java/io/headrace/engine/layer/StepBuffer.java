package io.headrace.engine.layer;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * Memory of {@code steps} times {@code width} floats for every row of a batch. Begins as 0. Rows
 * lie in groups; those of a group lie side by side at each step, so that what is done to all of
 * them there goes through the memory in order, and so do all steps of a whole group.
 *
 * @param width floats of a step, a multiple of a block
 * @param group rows of a group
 */
record StepBuffer(MemorySegment floats, int steps, int width, int group) {

  /** Of rows that lie one behind the other. */
  static StepBuffer of(int rows, int steps, int width) {
    return of(rows, 1, steps, width);
  }

  static StepBuffer of(int rows, int group, int steps, int width) {
    long whole = (long) Math.ceilDiv(rows, group) * group;
    long size = Math.multiplyExact(whole * steps, width);
    return new StepBuffer(Floats.allocate(size), steps, width, group);
  }

  /** Where a step of a row begins; those of the other rows of its group lie a width apart. */
  long at(int row, int step) {
    long place = ((long) (row / group) * steps + step) * group + row % group;
    return place * width;
  }

  /** Floats from a step of a row to its next. */
  long step() {
    return (long) group * width;
  }

  /** The first row behind the group of {@code row}. */
  int groupEnd(int row) {
    return (row / group + 1) * group;
  }

  void clear(int row, int step) {
    Floats.fill(floats, at(row, step), width, 0);
  }
}
