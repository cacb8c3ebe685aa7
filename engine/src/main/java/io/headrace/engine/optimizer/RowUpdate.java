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

  /**
   * One that fits each weight to the values of its feature, and gives rates instead of moves: the
   * weight loses rate x slope.
   */
  non-sealed interface Rates extends RowUpdate {
    /** |x| as a part of the largest of its feature so far, this one included. */
    float part(MemorySegment floats, long at, int apart, float x);

    /** The weight as {@link #meet} would leave it. */
    float fitted(MemorySegment floats, long at, int apart, float x);

    /** Takes note of a value before its row is learned from, and fits the weight to it. */
    void meet(MemorySegment floats, long at, int apart, float x);

    /**
     * The rate of a weight.
     *
     * @param square of its gradient, which is added to those before
     */
    float rate(MemorySegment floats, long at, int apart, float square);
  }

  /** One whose step on a weight follows from the slope by that weight alone. */
  non-sealed interface Moves extends RowUpdate {
    /** Moves the weight at {@code at}; the operations are those of {@link Optimizer#update}. */
    void move(MemorySegment floats, long at, int apart, float slope);
  }
}
