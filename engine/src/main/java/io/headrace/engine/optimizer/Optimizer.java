package io.headrace.engine.optimizer;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * How a gradient changes parameters, element by element. Stateless: its memory is in the slots, so
 * workers call it at once for ranges that do not overlap.
 */
public interface Optimizer {
  /** Names of the floats kept beside each parameter, as checkpoints name them. */
  List<String> slots();

  /** The learning rate as it was set. */
  double rate();

  /** Gives the slots, all zeros, their first values where zeros would not do. */
  default void start(ParameterBlock block, long count) {}

  /**
   * Updates {@code count} parameters from {@code offset} on.
   *
   * @param gradients the slope of the loss by each parameter, from {@code gradientOffset} on;
   *     overwritten
   * @param step number of the step, counted from 1
   * @param rateFactor multiplies the learning rate, see {@link #takesRateFactor}
   */
  void update(
      Kernels kernels,
      ParameterBlock block,
      long offset,
      MemorySegment gradients,
      long gradientOffset,
      int count,
      long step,
      double rateFactor);

  /** Its step on single weights, where it has one. */
  default Optional<RowUpdate> rowUpdate() {
    return Optional.empty();
  }

  /**
   * What its steps do to weights without a gradient, if rows of a table that are absent from a
   * batch are to catch up with them later. Its last slot then has the steps that a row has been
   * through.
   */
  default Optional<Idling> idling() {
    return Optional.empty();
  }

  /** Whether {@link #update} works; if not, {@link #rowUpdate} is all there is. */
  default boolean takesBatches() {
    return true;
  }

  /** Whether the learning rate may change from step to step; if not, the factor is ignored. */
  default boolean takesRateFactor() {
    return true;
  }
}
