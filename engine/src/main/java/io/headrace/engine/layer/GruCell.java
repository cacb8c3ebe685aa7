package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;

/**
 * The gated recurrent unit of Cho et al., "Learning Phrase Representations using RNN
 * Encoder-Decoder", 2014, in the form that resets after the recurrent product: r, z =
 * sigmoid(sums), n = tanh(W_n x_t + b_n + r q) with q = U_n h_{t-1} + b_q, h_t = (1 - z) n + z
 * h_{t-1}. Its sums lie in the order q, r, z, n and are overwritten by their gradients.
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
  public void backward(int row, int rows, int step, int own, int previous, StepBuffer dh) {
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
        width);
  }

  @Override
  public boolean carries() {
    return true;
  }
}
