package io.headrace.engine.layer;

import java.lang.foreign.MemorySegment;

/**
 * What a recurrent cell does at one step of some rows of a group, after the matrix products. States
 * lie in slots: {@code own} is the step's, {@code previous} that of the step before in the cell's
 * direction, all zeros at the first.
 */
interface Cell {
  /** Makes slot {@code first} the zeros before a row's first step. */
  default void start(int row, int first) {}

  /** h of the slot from the step's sums, which become what {@link #backward} needs. */
  void forward(int row, int rows, int step, int own, int previous);

  /** Forgets the gradient of a row's memory, before its last step. */
  default void startBackward(int row) {}

  /**
   * The loss's gradient by the step's sums.
   *
   * @param dh gradient by h of each row; where the cell {@link #carries}, what reaches the previous
   *     h other than through the products is left there
   * @param slopes takes the gradient of {@code row} at slopesAt, the next slopesRow behind
   */
  void backward(
      int row,
      int rows,
      int step,
      int own,
      int previous,
      StepBuffer dh,
      MemorySegment slopes,
      long slopesAt,
      long slopesRow);

  /** Whether h reaches the next other than through the products. */
  default boolean carries() {
    return false;
  }
}
