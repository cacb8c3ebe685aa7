package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * Where one direction of a recurrent layer leaves its states: in {@code units} columns of y from
 * {@code column} on, of every step or of the last alone.
 */
record SequenceOutput(Kernels kernels, DenseValue x, DenseValue y, int units, int column) {
  private boolean everyStep() {
    return y.shape().size() == 2;
  }

  private int stepWidth() {
    return y.shape().getLast();
  }

  /**
   * Writes a row of y.
   *
   * @param lead slot of the first step's state; the final state's is 0, or behind the last step's
   *     if this is 1
   */
  void write(Pass pass, int row, StepBuffer states, int lead) {
    int steps = x.steps(pass, row);
    long at = y.start(pass, row) + column;
    if (!everyStep()) {
      Floats.copy(states.floats(), states.at(row, lead * steps), y.buffer(), at, units);
      return;
    }
    for (int step = 0; step < steps; step++) {
      Floats.copy(states.floats(), states.at(row, step + lead), y.buffer(), at, units);
      at += stepWidth();
    }
    for (int step = steps; step < y.shape().getFirst(); step++) {
      Floats.fill(y.buffer(), at, units, 0);
      at += stepWidth();
    }
  }

  /** Adds y's gradient to that of a step's state. */
  void addGradient(int row, int step, boolean last, MemorySegment dh, long dhAt) {
    if (everyStep()) {
      long at = (long) row * y.stride() + (long) step * stepWidth() + column;
      kernels.addScaled(units, 1, y.gradients(), at, dh, dhAt);
    } else if (last) {
      kernels.addScaled(units, 1, y.gradients(), (long) row * y.stride() + column, dh, dhAt);
    }
  }
}
