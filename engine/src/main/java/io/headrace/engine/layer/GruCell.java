package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;

/**
 * The gated recurrent unit of Cho et al., "Learning Phrase Representations using RNN
 * Encoder-Decoder", 2014, in the form that resets after the recurrent product: r, z =
 * sigmoid(sums), n = tanh(W_n x_t + b_n + r q) with q = U_n h_{t-1} + b_q, h_t = (1 - z) n + z
 * h_{t-1}. Its sums lie in the order q, r, z, n.
 */
record GruCell(Kernels kernels, int width, StepBuffer gates, StepBuffer states) implements Cell {
  @Override
  public void forward(int row, int rows, int step, int own, int previous) {
    kernels.gru(
        rows,
        width,
        gates.floats(),
        gates.at(row, step),
        gates.width(),
        width,
        states.floats(),
        states.at(row, previous),
        states.at(row, own),
        states.width());
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
    kernels.gruGradient(
        rows,
        width,
        gates.floats(),
        gates.at(row, step),
        gates.width(),
        width,
        states.floats(),
        states.at(row, previous),
        states.width(),
        dh.floats(),
        dh.at(row, 0),
        width,
        slopes,
        slopesAt,
        slopesRow);
  }

  @Override
  public boolean carries() {
    return true;
  }
}
