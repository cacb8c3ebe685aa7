package io.headrace.engine.optimizer;

/** What an optimizer's steps do to weights whose gradient is 0, many steps at once. Stateless. */
public interface Idling {
  /** Part of a weight that each step takes at a learning rate of 1, the same for all weights. */
  double decay();

  /**
   * Takes {@code count} weights from {@code at} on, and their slots, through steps.
   *
   * @param from the first of the steps, counted from 0
   * @param to the step behind the last
   */
  void skip(ParameterBlock block, long at, int count, PastSteps steps, int from, int to);
}
