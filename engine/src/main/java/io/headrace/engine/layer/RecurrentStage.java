package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A recurrent cell led over sequences in one direction. All steps of a row go through the input's
 * weights in one product; then a group of rows takes step after step, so that the recurrent weights
 * stay in the cache, each step with those rows that have it. Steps behind a row's last are never
 * touched. The gradients of all steps' sums are kept for the weights' tiles.
 */
final class RecurrentStage {
  private static final int GROUP = 16;

  private final Kernels kernels;
  private final Updates updates;
  private final boolean reversed;
  private final int units;
  private final DenseValue x;
  private final SequenceOutput output;
  private final int inputWidth;
  private final int inputColumn;
  private final GateWeights input;
  private final GateWeights recurrent;
  private final Parameter bias;
  private final StepBuffer gates;
  private final StepBuffer states;
  private final StepBuffer stateGradients;
  private final StepBuffer biasGradients;
  private final @Nullable StepBuffer inputGradients;
  private final Cell cell;

  RecurrentStage(
      LayerScope scope,
      RecurrentLayer layer,
      String prefix,
      DenseValue x,
      SequenceOutput output,
      boolean reversed) {
    this.kernels = scope.kernels();
    this.updates = scope.updates();
    this.reversed = reversed;
    this.units = layer.units();
    this.x = x;
    this.output = output;
    this.inputWidth = x.shape().getLast();
    CellKind kind = layer.kind();
    int steps = x.shape().getFirst();
    int rows = scope.batchSize();
    int width = Kernels.padded(units);
    int stream = reversed ? 2 : 0;
    this.inputColumn = kind.inputFirst * width;
    this.input =
        new GateWeights(
            scope,
            prefix + "weight",
            inputWidth,
            kind.inputGates,
            units,
            x.wantsGradients(),
            layer.initialisation(inputWidth, scope.streamSeed(stream)));
    this.recurrent =
        new GateWeights(
            scope,
            prefix + "recurrent-weight",
            units,
            kind.recurrentGates,
            units,
            true,
            layer.initialisation(units, scope.streamSeed(stream + 1)));
    List<Long> shape = List.of((long) kind.gates, (long) units);
    this.bias = scope.matrix(prefix + "bias", shape, kind.gates, units, layer.firstBias());
    this.gates = StepBuffer.of(rows, steps, kind.gates * width);
    this.states = StepBuffer.of(rows, steps + 1, width);
    this.stateGradients = StepBuffer.of(rows, 1, width);
    this.biasGradients = StepBuffer.of(rows, 1, gates.width());
    boolean padded = x.wantsGradients() && inputWidth % Kernels.BLOCK != 0;
    this.inputGradients = padded ? StepBuffer.of(rows, steps, Kernels.padded(inputWidth)) : null;
    this.cell = kind.cell(kernels, rows, gates, states);
  }

  void forward(Pass pass, int from, int to) {
    for (int group = from; group < to; group += GROUP) {
      forwardGroup(pass, group, Math.min(to, group + GROUP));
    }
  }

  private void forwardGroup(Pass pass, int from, int to) {
    for (int row = from; row < to; row++) {
      int steps = x.steps(pass, row);
      int first = reversed ? steps : 0;
      states.clear(row, first);
      cell.start(row, first);
      sumInput(pass, row, steps);
    }
    int longest = longest(pass, from, to);
    for (int i = 0; i < longest; i++) {
      int step = reversed ? longest - 1 - i : i;
      for (int row = next(pass, from, to, step); row < to; ) {
        int end = end(pass, row, to, step);
        if (i > 0) { // before the first step all states are 0
          long before = states.at(row, previous(step));
          recurrent.addProduct(
              end - row,
              states.floats(),
              before,
              states.row(),
              gates.floats(),
              gates.at(row, step),
              gates.row());
        }
        for (int r = row; r < end; r++) {
          cell.forward(r, step, own(step), previous(step));
        }
        row = next(pass, end, to, step);
      }
    }
    for (int row = from; row < to; row++) {
      output.write(pass, row, states, reversed ? 0 : 1);
    }
  }

  /** Sums of all steps = x W + b. */
  private void sumInput(Pass pass, int row, int steps) {
    if (steps == 0) {
      return;
    }
    MemorySegment sums = gates.floats();
    int width = gates.width();
    long at = gates.at(row, 0);
    Floats.copy(bias.values(), bias.offset(), sums, at, width);
    for (int done = 1; done < steps; done *= 2) {
      Floats.copy(
          sums, at, sums, at + (long) done * width, (long) Math.min(done, steps - done) * width);
    }
    input.addProduct(
        steps, x.values(pass), x.start(pass, row), inputWidth, sums, at + inputColumn, width);
  }

  void backward(Pass pass, int from, int to) {
    for (int group = from; group < to; group += GROUP) {
      backwardGroup(pass, group, Math.min(to, group + GROUP));
    }
  }

  private void backwardGroup(Pass pass, int from, int to) {
    MemorySegment dh = stateGradients.floats();
    for (int row = from; row < to; row++) {
      stateGradients.clear(row, 0);
      cell.startBackward(row);
      int steps = x.steps(pass, row);
      if (!reversed && steps < gates.steps()) {
        gates.clear(row, steps); // what flows back into a row's last step
      }
    }
    int longest = longest(pass, from, to);
    for (int i = 0; i < longest; i++) {
      int step = reversed ? i : longest - 1 - i;
      for (int row = next(pass, from, to, step); row < to; ) {
        int end = end(pass, row, to, step);
        if (i > 0) {
          recurrent.addGradient(
              end - row,
              gates.floats(),
              gates.at(row, reversed ? step - 1 : step + 1),
              gates.row(),
              dh,
              stateGradients.at(row, 0),
              stateGradients.row());
        }
        for (int r = row; r < end; r++) {
          long at = stateGradients.at(r, 0);
          output.addGradient(r, step, step == last(pass, r), dh, at);
          cell.backward(r, step, own(step), previous(step), dh, at);
        }
        row = next(pass, end, to, step);
      }
    }
    for (int row = from; row < to; row++) {
      int steps = x.steps(pass, row);
      long at = gates.at(row, 0);
      int width = gates.width();
      kernels.rowSum(
          steps,
          width,
          gates.floats(),
          at,
          width,
          biasGradients.floats(),
          biasGradients.at(row, 0));
      addInputGradients(row, steps);
    }
  }

  /** dx += slopes W^T, where dx is wanted. */
  private void addInputGradients(int row, int steps) {
    if (!x.wantsGradients()) {
      return;
    }
    MemorySegment dx = x.gradients();
    long at = (long) row * x.stride();
    MemorySegment slopes = gates.floats();
    long slopesAt = gates.at(row, 0) + inputColumn;
    if (inputGradients == null) {
      input.addGradient(steps, slopes, slopesAt, gates.width(), dx, at, inputWidth);
      return;
    }
    MemorySegment padded = inputGradients.floats();
    long paddedAt = inputGradients.at(row, 0);
    int width = inputGradients.width();
    Floats.fill(padded, paddedAt, (long) steps * width, 0);
    input.addGradient(steps, slopes, slopesAt, gates.width(), padded, paddedAt, width);
    for (int step = 0; step < steps; step++) {
      long from = paddedAt + (long) step * width;
      kernels.addScaled(inputWidth, 1, padded, from, dx, at + (long) step * inputWidth);
    }
  }

  int tiles() {
    return input.tiles() + recurrent.tiles() + 1;
  }

  long scratch() {
    return Math.max(GateWeights.scratch(), gates.width());
  }

  void update(Pass pass, int tile, MemorySegment scratch) {
    if (tile < recurrent.tiles()) {
      updateRecurrent(pass, tile, scratch);
    } else if (tile < recurrent.tiles() + input.tiles()) {
      updateInput(pass, tile - recurrent.tiles(), scratch);
    } else {
      int width = gates.width();
      kernels.rowSum(pass.rows(), width, biasGradients.floats(), 0, width, scratch, 0);
      updates.apply(scratch, 0, bias.offset(), width);
    }
  }

  private void updateRecurrent(Pass pass, int tile, MemorySegment sums) {
    GateWeights.startTile(sums);
    for (int row = 0; row < pass.rows(); row++) {
      int steps = x.steps(pass, row);
      long before = states.at(row, previous(0));
      long at = gates.at(row, 0);
      recurrent.addToTile(
          tile,
          sums,
          steps,
          states.floats(),
          before,
          states.width(),
          gates.floats(),
          at,
          gates.width());
    }
    recurrent.applyTile(tile, sums);
  }

  private void updateInput(Pass pass, int tile, MemorySegment sums) {
    GateWeights.startTile(sums);
    MemorySegment values = x.values(pass);
    for (int row = 0; row < pass.rows(); row++) {
      int steps = x.steps(pass, row);
      long start = x.start(pass, row);
      long at = gates.at(row, 0) + inputColumn;
      input.addToTile(
          tile, sums, steps, values, start, inputWidth, gates.floats(), at, gates.width());
    }
    input.applyTile(tile, sums);
  }

  void derive() {
    input.derive();
    recurrent.derive();
  }

  /** Slot of a step's state. */
  private int own(int step) {
    return reversed ? step : step + 1;
  }

  /** Slot of the state that a step begins with; a slot of zeros for a row's first step. */
  private int previous(int step) {
    return reversed ? step + 1 : step;
  }

  /** The step after which a row's state is final. */
  private int last(Pass pass, int row) {
    return reversed ? 0 : x.steps(pass, row) - 1;
  }

  private int longest(Pass pass, int from, int to) {
    int longest = 0;
    for (int row = from; row < to; row++) {
      longest = Math.max(longest, x.steps(pass, row));
    }
    return longest;
  }

  /** The first row from {@code row} on that has the step, or {@code to}. */
  private int next(Pass pass, int row, int to, int step) {
    int next = row;
    while (next < to && x.steps(pass, next) <= step) {
      next++;
    }
    return next;
  }

  /** The first row from {@code row} on that does not have the step, or {@code to}. */
  private int end(Pass pass, int row, int to, int step) {
    int end = row;
    while (end < to && x.steps(pass, end) > step) {
      end++;
    }
    return end;
  }
}
