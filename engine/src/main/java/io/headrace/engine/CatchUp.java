package io.headrace.engine;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.Idling;
import io.headrace.engine.optimizer.Optimizer;
import io.headrace.engine.optimizer.ParameterBlock;
import io.headrace.engine.optimizer.PastSteps;
import java.lang.foreign.MemorySegment;

/**
 * Takes rows of tables through steps that they were absent from: as many at once as the optimizer
 * can, and by its own step on a gradient of 0 where it cannot. Not thread-safe.
 */
final class CatchUp {
  /** Steps that are taken one by one before many are tried again. */
  private static final int STEPS_BETWEEN = 8;

  private final Kernels kernels;
  private final Optimizer optimizer;
  private final Idling idling;
  private final PastSteps past;
  private MemorySegment zeros = Floats.allocate(0);

  /** For an optimizer that leaves rows behind. */
  CatchUp(Kernels kernels, Optimizer optimizer) {
    this.kernels = kernels;
    this.optimizer = optimizer;
    this.idling = optimizer.idling().orElseThrow();
    this.past = new PastSteps(optimizer.rate(), idling.decay());
  }

  PastSteps past() {
    return past;
  }

  /** Where the steps of a row are, in a block of rows of the optimizer. */
  static MemorySegment steps(ParameterBlock block) {
    return block.slots().getLast();
  }

  /**
   * Takes a row of {@code width} floats from {@code at} on through all steps it has not been to.
   */
  void bring(ParameterBlock block, long at, int width) {
    int to = past.count();
    int from = Floats.readInt(steps(block), at);
    if (from == to) {
      return;
    }
    while (from < to) {
      int taken = idling.skip(block, at, width, past, from, to);
      from += taken > 0 ? taken : step(block, at, width, from, Math.min(to, from + STEPS_BETWEEN));
    }
    Floats.writeInt(steps(block), at, to);
  }

  private int step(ParameterBlock block, long at, int width, int from, int to) {
    if (Floats.count(zeros) < width) {
      zeros = Floats.allocate(width);
    }
    for (int step = from; step < to; step++) {
      long number = past.number(step);
      optimizer.update(kernels, block, at, zeros, 0, width, number, past.factor(step));
    }
    return to - from;
  }
}
