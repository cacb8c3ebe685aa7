package io.headrace.engine.optimizer;

import java.lang.foreign.MemorySegment;

/**
 * An optimizer's step on single weights, for models that learn from one sparse row after the other.
 * The first slot of a weight lies {@code apart} floats behind it, the next as far behind that one.
 * Not thread-safe; allocates nothing.
 */
public sealed interface RowUpdate {
  /**
   * Says which row the calls that follow belong to.
   *
   * @param step number of the row, counted from 1
   * @param rateFactor multiplies the learning rate
   */
  void startRow(long step, double rateFactor);

  /** One whose step on a weight follows from the slope by that weight alone. */
  non-sealed interface Moves extends RowUpdate {
    /** Moves the weight at {@code at}; the operations are those of {@link Optimizer#update}. */
    void move(MemorySegment floats, long at, int apart, float slope);
  }
}
