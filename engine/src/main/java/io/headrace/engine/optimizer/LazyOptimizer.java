package io.headrace.engine.optimizer;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Another optimizer, whose steps on rows of a table that a batch does not have are made up for when
 * the row is next read. Its last slot has the steps that a row has been through, in the place of
 * the row's first float. Immutable.
 */
record LazyOptimizer(Optimizer inner, Idling idle) implements Optimizer {
  @Override
  public List<String> slots() {
    var slots = new ArrayList<>(inner.slots());
    slots.add("steps");
    return slots;
  }

  @Override
  public double rate() {
    return inner.rate();
  }

  @Override
  public Optional<Idling> idling() {
    return Optional.of(idle);
  }

  @Override
  public void start(ParameterBlock block, long count) {
    inner.start(block, count);
  }

  @Override
  public void update(
      Kernels kernels,
      ParameterBlock block,
      long offset,
      MemorySegment gradients,
      long gradientOffset,
      int count,
      long step,
      double rateFactor) {
    inner.update(kernels, block, offset, gradients, gradientOffset, count, step, rateFactor);
  }

  @Override
  public Optional<RowUpdate> rowUpdate() {
    return inner.rowUpdate();
  }
}
