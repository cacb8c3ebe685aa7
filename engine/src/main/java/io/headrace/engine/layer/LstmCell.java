package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;

/**
 * The cell of Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997, with the forget gate of
 * Gers et al., "Learning to Forget", 2000: i, f, o = sigmoid(sums), g = tanh(sum), c_t = f c_{t-1}
 * + i g, h_t = o tanh(c_t). Its gates lie in the order i, f, g, o.
 */
final class LstmCell implements Cell {
  private final Kernels kernels;
  private final int width;
  private final StepBuffer gates;
  private final StepBuffer states;
  private final StepBuffer cells;
  private final StepBuffer cellGradients;

  LstmCell(Kernels kernels, int rows, int width, StepBuffer gates, StepBuffer states) {
    this.kernels = kernels;
    this.width = width;
    this.gates = gates;
    this.states = states;
    this.cells = StepBuffer.of(rows, states.group(), states.steps(), width);
    this.cellGradients = StepBuffer.of(rows, states.group(), 1, width);
  }

  @Override
  public void start(int row, int first) {
    cells.clear(row, first);
  }

  @Override
  public void forward(int row, int rows, int step, int own, int previous) {
    kernels.lstm(
        rows,
        width,
        gates.floats(),
        gates.at(row, step),
        gates.width(),
        width,
        cells.floats(),
        cells.at(row, previous),
        cells.at(row, own),
        width,
        states.floats(),
        states.at(row, own),
        states.width());
  }

  @Override
  public void startBackward(int row) {
    cellGradients.clear(row, 0);
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
    kernels.lstmGradient(
        rows,
        width,
        gates.floats(),
        gates.at(row, step),
        gates.width(),
        width,
        cells.floats(),
        cells.at(row, previous),
        cells.at(row, own),
        width,
        dh.floats(),
        dh.at(row, 0),
        cellGradients.floats(),
        cellGradients.at(row, 0),
        width,
        slopes,
        slopesAt,
        slopesRow);
  }
}
