package io.headrace.engine.optimizer;

/**
 * The memory that an optimizer has of past gradients, which fades while there are none, and moves
 * weights less and less. Stateless.
 */
interface Fading {
  /** No memory. */
  Fading NONE =
      new Fading() {
        @Override
        public boolean isOver(ParameterBlock block, long at, int count, long number) {
          return true;
        }

        @Override
        public void fade(ParameterBlock block, long at, int count, int steps) {}
      };

  /**
   * Whether all that the memory would still move {@code count} weights from {@code at} on is less
   * than they can tell.
   *
   * @param number of the next step, counted from 1
   */
  boolean isOver(ParameterBlock block, long at, int count, long number);

  /** What is left of the memory some steps later. */
  void fade(ParameterBlock block, long at, int count, int steps);

  /** Whether a move is less than half of what a float tells apart, or next to nothing. */
  static boolean isLost(double move, float weight) {
    return move <= Math.max(0x1p-26 * Math.abs(weight), 1e-11);
  }
}
