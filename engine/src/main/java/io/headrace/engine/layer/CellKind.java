package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;

/**
 * The recurrent cells. The sums of a step lie side by side, one column a unit, gate by gate: those
 * of the input's weights from {@code inputFirst} on, those of the recurrent weights from 0 on, and
 * the bias over all.
 */
enum CellKind {
  /** h_t = tanh(W x_t + U h_{t-1} + b); Elman, "Finding Structure in Time", 1990. */
  RNN(1, 0, 1, 1, false),
  /** Gates i, f, g, o; see {@link LstmCell}. */
  LSTM(4, 0, 4, 4, true),
  /** Sums q, r, z, n, of which q is recurrent only and n of the input only; see {@link GruCell}. */
  GRU(4, 1, 3, 3, true);

  final int gates;
  final int inputFirst;
  final int inputGates;
  final int recurrentGates;

  /** Whether the way back needs the gates of every step. */
  final boolean keepsGates;

  CellKind(int gates, int inputFirst, int inputGates, int recurrentGates, boolean keepsGates) {
    this.gates = gates;
    this.inputFirst = inputFirst;
    this.inputGates = inputGates;
    this.recurrentGates = recurrentGates;
    this.keepsGates = keepsGates;
  }

  /**
   * A cell over the rows of one batch.
   *
   * @param width floats of a gate
   * @param gates sums of every step that is kept
   * @param states h of every step, and one more before the first, at the beginning of each slot
   */
  Cell cell(Kernels kernels, int rows, int width, StepBuffer gates, StepBuffer states) {
    return switch (this) {
      case RNN -> new RnnCell(kernels, width, gates, states);
      case LSTM -> new LstmCell(kernels, rows, width, gates, states);
      case GRU -> new GruCell(kernels, width, gates, states);
    };
  }
}
