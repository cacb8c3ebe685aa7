package io.headrace.engine.state;

/**
 * Something whose state belongs in a checkpoint: optimizer slots, running statistics, a vocabulary,
 * a metric. Both methods are called on the trainer's thread, between two steps.
 */
public interface Stateful {
  /** Writes all state under names that do not change between versions. */
  void save(StateWriter to);

  /**
   * Puts back what {@link #save} wrote.
   *
   * @throws io.headrace.engine.error.HeadraceException if a name is missing or a shape differs
   */
  void restore(StateReader from);
}
