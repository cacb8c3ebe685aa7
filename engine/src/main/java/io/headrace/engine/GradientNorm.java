package io.headrace.engine;

import java.util.OptionalDouble;

/**
 * The L2 norm of the gradient, taken of one batch each time that somebody has asked: it costs the
 * other batches nothing. Where a batch is learned from in several updates, it is the root of the
 * mean of their squares. Nothing that is learned depends on it.
 *
 * <p>The trainer's thread begins and ends a batch, its workers add, and any thread may ask.
 */
final class GradientNorm {
  private volatile boolean wanted = true;
  private volatile double last = Double.NaN;
  private boolean taken;
  private double squares;

  void startBatch() {
    taken = wanted;
    squares = 0;
  }

  /** Whether this batch's is taken. */
  boolean isTaken() {
    return taken;
  }

  /** Adds the sum of the squares of a part of the gradient. */
  synchronized void add(double squared) {
    squares += squared;
  }

  /**
   * Ends a batch that was learned from.
   *
   * @param updates how many gradients were added up
   */
  void endBatch(int updates) {
    if (taken) {
      taken = false;
      wanted = false;
      last = Math.sqrt(squares / updates);
    }
  }

  /** The one taken last, empty before the first; has the next batch's taken. */
  OptionalDouble ask() {
    wanted = true;
    return Double.isNaN(last) ? OptionalDouble.empty() : OptionalDouble.of(last);
  }
}
