package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/** h_t = tanh(sum). */
record RnnCell(Kernels kernels, StepBuffer gates, StepBuffer states) implements Cell {
  @Override
  public void forward(int row, int step, int own, int previous) {
    kernels.tanh(
        states.width(), gates.floats(), gates.at(row, step), states.floats(), states.at(row, own));
  }

  @Override
  public void backward(int row, int step, int own, int previous, MemorySegment dh, long dhAt) {
    long at = gates.at(row, step);
    int width = states.width();
    kernels.tanhGradient(width, states.floats(), states.at(row, own), dh, dhAt, gates.floats(), at);
    Floats.fill(dh, dhAt, width, 0);
  }
}
