package io.headrace.engine.optimizer;

/**
 * How the learning rate changes from step to step: a function of the step's number and nothing
 * else, so that the number in a checkpoint is all there is to go on from. Stateless.
 */
@FunctionalInterface
public interface Schedule {
  /** The learning rate as it was set, always. */
  Schedule CONSTANT = step -> 1;

  /**
   * What the learning rate is multiplied by.
   *
   * @param step number of the step, counted from 1
   */
  double factor(long step);
}
