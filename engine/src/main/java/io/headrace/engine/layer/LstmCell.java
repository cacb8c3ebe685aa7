package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * The cell of Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997, with the forget gate of
 * Gers et al., "Learning to Forget", 2000: i, f, o = sigmoid(sums), g = tanh(sum), c_t = f c_{t-1}
 * + i g, h_t = o tanh(c_t). Its gates lie in the order i, f, g, o and are overwritten by their
 * gradients.
 */
final class LstmCell implements Cell {
  private final Kernels kernels;
  private final int width;
  private final StepBuffer gates;
  private final StepBuffer states;
  private final StepBuffer cells;
  private final StepBuffer cellGradients;

  LstmCell(Kernels kernels, int rows, StepBuffer gates, StepBuffer states) {
    this.kernels = kernels;
    this.width = states.width();
    this.gates = gates;
    this.states = states;
    this.cells = StepBuffer.of(rows, states.steps(), width);
    this.cellGradients = StepBuffer.of(rows, 1, width);
  }

  @Override
  public void start(int row, int first) {
    cells.clear(row, first);
  }

  @Override
  public void forward(int row, int step, int own, int previous) {
    MemorySegment sums = gates.floats();
    long at = gates.at(row, step);
    kernels.sigmoid(2 * width, sums, at, sums, at);
    kernels.tanh(width, sums, at + 2L * width, sums, at + 2L * width);
    kernels.sigmoid(width, sums, at + 3L * width, sums, at + 3L * width);
    kernels.lstm(
        width,
        sums,
        at,
        width,
        cells.floats(),
        cells.at(row, previous),
        cells.at(row, own),
        states.floats(),
        states.at(row, own));
  }

  @Override
  public void startBackward(int row) {
    cellGradients.clear(row, 0);
  }

  @Override
  public void backward(int row, int step, int own, int previous, MemorySegment dh, long dhAt) {
    kernels.lstmGradient(
        width,
        gates.floats(),
        gates.at(row, step),
        width,
        cells.floats(),
        cells.at(row, previous),
        cells.at(row, own),
        dh,
        dhAt,
        cellGradients.floats(),
        cellGradients.at(row, 0));
    Floats.fill(dh, dhAt, width, 0);
  }
}
