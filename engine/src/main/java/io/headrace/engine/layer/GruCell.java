package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;

/**
 * The gated recurrent unit of Cho et al., "Learning Phrase Representations using RNN
 * Encoder-Decoder", 2014, in the form that resets after the recurrent product: r, z =
 * sigmoid(sums), n = tanh(W_n x_t + b_n + r q) with q = U_n h_{t-1} + b_q, h_t = (1 - z) n + z
 * h_{t-1}. Its sums lie in the order q, r, z, n and are overwritten by their gradients.
 */
record GruCell(Kernels kernels, StepBuffer gates, StepBuffer states) implements Cell {
  @Override
  public void forward(int row, int step, int own, int previous) {
    int width = states.width();
    long at = gates.at(row, step);
    kernels.sigmoid(2 * width, gates.floats(), at + width, gates.floats(), at + width);
    kernels.gru(
        width,
        gates.floats(),
        at,
        width,
        states.floats(),
        states.at(row, previous),
        states.at(row, own));
  }

  @Override
  public void backward(int row, int step, int own, int previous, MemorySegment dh, long dhAt) {
    kernels.gruGradient(
        states.width(),
        gates.floats(),
        gates.at(row, step),
        states.width(),
        states.floats(),
        states.at(row, previous),
        dh,
        dhAt);
  }
}
