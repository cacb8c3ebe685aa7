package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;

/** h_t = tanh(sum). Its sums are those of one step only. */
record RnnCell(Kernels kernels, int width, StepBuffer gates, StepBuffer states) implements Cell {
  @Override
  public void forward(int row, int rows, int step, int own, int previous) {
    for (int r = row; r < row + rows; r++) {
      kernels.tanh(width, gates.floats(), gates.at(r, 0), states.floats(), states.at(r, own));
    }
  }

  @Override
  public void backward(
      int row,
      int rows,
      int step,
      int own,
      int previous,
      StepBuffer dh,
      MemorySegment slopes,
      long slopesAt,
      long slopesRow) {
    for (int r = row; r < row + rows; r++) {
      kernels.tanhGradient(
          width,
          states.floats(),
          states.at(r, own),
          dh.floats(),
          dh.at(r, 0),
          slopes,
          slopesAt + (r - row) * slopesRow);
    }
  }
}
