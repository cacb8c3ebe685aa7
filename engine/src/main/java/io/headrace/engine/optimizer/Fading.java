package io.headrace.engine.optimizer;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * The memory that an optimizer has of past gradients, which fades while there are none, and moves
 * weights less and less. Stateless.
 */
interface Fading {
  /** No memory. */
  Fading NONE =
      new Fading() {
        @Override
        public int walk(
            ParameterBlock block, long at, PastSteps steps, int from, int to, Pull pull) {
          return from;
        }

        @Override
        public void fade(ParameterBlock block, long at, int steps) {}
      };

  /** Most steps after which a walk asks whether the rest of it is lost. */
  int STEPS_BETWEEN = 8;

  /**
   * Takes the weight at {@code at} and its memory through steps one by one, as dense updates would,
   * until all that the memory would still move it is less than it can tell.
   *
   * @param from the first of the steps, counted from 0
   * @param to the step behind the last
   * @param pull what moves the weight besides
   * @return the step that it stopped before
   */
  int walk(ParameterBlock block, long at, PastSteps steps, int from, int to, Pull pull);

  /** Leaves of the memory of the weight at {@code at} what is left some steps later. */
  void fade(ParameterBlock block, long at, int steps);

  /** Whether a move is less than half of what a float tells apart, or next to nothing. */
  static boolean isLost(double move, float weight) {
    return move <= Math.max(0x1p-26 * Math.abs(weight), 1e-11);
  }

  /** Leaves the part {@code kept} of what is at {@code at}, so many times. */
  static void fade(MemorySegment memory, long at, float kept, int steps) {
    Floats.write(memory, at, (float) (StrictMath.pow(kept, steps) * Floats.read(memory, at)));
  }
}
