package io.headrace.engine;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.Idling;
import io.headrace.engine.optimizer.Optimizer;
import io.headrace.engine.optimizer.ParameterBlock;
import io.headrace.engine.optimizer.PastSteps;
import java.lang.foreign.MemorySegment;

/** Takes rows of tables through steps that they were absent from. Not thread-safe. */
final class CatchUp {
  private final Idling idling;
  private final PastSteps past;

  /** For an optimizer that leaves rows behind. */
  CatchUp(Optimizer optimizer) {
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
    if (from < to) {
      idling.skip(block, at, width, past, from, to);
      Floats.writeInt(steps(block), at, to);
    }
  }
}
