package io.headrace.engine.layer;

import io.headrace.engine.optimizer.Optimizer;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * How gradients reach the parameters: the optimizer as layers see it. Workers may call {@link
 * #apply} at once for ranges that do not overlap.
 */
public interface Updates {
  /**
   * Updates {@code count} parameters from {@code offset} of the flat vector on, now or, where the
   * gradient of the whole step has to be known first, at the end of the step.
   *
   * @param gradients overwritten
   */
  void apply(MemorySegment gradients, long gradientOffset, long offset, int count);

  /** A way to update scattered rows of {@code parameter}; each belongs to one worker at a time. */
  RowUpdates rows(Parameter parameter, int rowWidth);

  /**
   * What takes rows of {@code table} through steps that they were absent from, before they are
   * read, where the optimizer leaves that for later.
   */
  default Optional<LateRows> late(Parameter table, int rowWidth) {
    return Optional.empty();
  }

  /**
   * The optimizer, where single rows of the input are learned from without passes and it has a step
   * for that; its slots then lie in the parameter vector, behind each row of a parameter.
   */
  default Optional<Optimizer> rowByRow() {
    return Optional.empty();
  }

  /** Whether {@link #beforeChange} has anything to do. */
  default boolean isCopied() {
    return false;
  }

  /** To be called before {@code count} parameters, and the slots beside them, change otherwise. */
  default void beforeChange(long offset, long count) {}

  /** Updates the few rows of a large table that a batch touched; the others do not change. */
  interface RowUpdates {
    /**
     * Updates {@code count} rows.
     *
     * @param ids different row numbers
     * @param gradients row width floats for each of {@code count} ids; overwritten
     */
    void apply(int[] ids, int count, MemorySegment gradients);
  }
}
