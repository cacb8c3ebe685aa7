package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A recurrent cell led over sequences in one direction. A group of rows takes step after step, so
 * that the weights stay in the cache, each step with those rows that have it. Steps behind a row's
 * last are never touched. The gradients of all steps' sums are kept for the weights' tiles.
 */
final class RecurrentStage {
  private final Kernels kernels;
  private final boolean reversed;
  private final DenseValue x;
  private final SequenceOutput output;
  private final int inputWidth;
  private final CellWeights weights;

  /** What each step's sums are made of, one slot before the first step; the state comes first. */
  private final StepBuffer terms;

  private final StepBuffer gates;
  private final StepBuffer stateGradients;
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
    this.reversed = reversed;
    this.x = x;
    this.output = output;
    this.inputWidth = x.shape().getLast();
    boolean flowsBack = x.wantsGradients();
    this.weights =
        new CellWeights(scope, layer, prefix, inputWidth, flowsBack, reversed ? 2 : 0);
    int steps = x.shape().getFirst();
    int rows = scope.batchSize();
    int width = Kernels.padded(layer.units());
    this.terms = StepBuffer.of(rows, steps + 1, Kernels.padded(weights.terms()));
    // a block more than there are gates, or rows would share few sets of the cache
    this.gates = StepBuffer.of(rows, steps, layer.kind().gates * width + Kernels.BLOCK);
    this.stateGradients = StepBuffer.of(rows, 1, width);
    boolean padded = flowsBack && inputWidth % Kernels.BLOCK != 0;
    this.inputGradients = padded ? StepBuffer.of(rows, 1, Kernels.padded(inputWidth)) : null;
    this.cell = layer.kind().cell(kernels, rows, width, gates, terms);
    for (long at = weights.one(); at < Floats.count(terms.floats()); at += terms.width()) {
      Floats.write(terms.floats(), at, 1);
    }
  }

  void forward(Pass pass, int from, int to) {
    for (int row = from; row < to; row = gates.groupEnd(row)) {
      forwardGroup(pass, row, Math.min(to, gates.groupEnd(row)));
    }
  }

  private void forwardGroup(Pass pass, int from, int to) {
    for (int row = from; row < to; row++) {
      start(pass, row);
    }
    int longest = longest(pass, from, to);
    for (int i = 0; i < longest; i++) {
      int step = reversed ? longest - 1 - i : i;
      for (int row = next(pass, from, to, step); row < to; ) {
        int end = end(pass, row, to, step);
        weights.sum(
            end - row,
            i == 0,
            terms.floats(),
            terms.at(row, previous(step)),
            terms.width(),
            gates.floats(),
            gates.at(row, step),
            gates.width());
        cell.forward(row, end - row, step, own(step), previous(step));
        row = next(pass, end, to, step);
      }
    }
    for (int row = from; row < to; row++) {
      output.write(pass, row, terms, reversed ? 0 : 1);
    }
  }

  /** The zeros before a row's first step, and the inputs of all. */
  private void start(Pass pass, int row) {
    int steps = x.steps(pass, row);
    int first = reversed ? steps : 0;
    Floats.fill(terms.floats(), terms.at(row, first), weights.one(), 0);
    cell.start(row, first);
    Floats.copyRows(
        x.values(pass),
        x.start(pass, row),
        inputWidth,
        terms.floats(),
        terms.at(row, previous(0)) + weights.input(),
        terms.step(),
        steps,
        inputWidth);
  }

  void backward(Pass pass, int from, int to) {
    for (int row = from; row < to; row = gates.groupEnd(row)) {
      backwardGroup(pass, row, Math.min(to, gates.groupEnd(row)));
    }
  }

  private void backwardGroup(Pass pass, int from, int to) {
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
          weights.flowToState(
              end - row,
              gates.floats(),
              gates.at(row, reversed ? step - 1 : step + 1),
              gates.width(),
              cell.carries(),
              stateGradients.floats(),
              stateGradients.at(row, 0));
        }
        for (int r = row; r < end; r++) {
          long at = stateGradients.at(r, 0);
          output.addGradient(r, step, step == last(pass, r), stateGradients.floats(), at);
        }
        cell.backward(row, end - row, step, own(step), previous(step), stateGradients);
        if (x.wantsGradients()) {
          addInputGradients(row, end, step);
        }
        row = next(pass, end, to, step);
      }
    }
  }

  /** dx += slopes W^T. */
  private void addInputGradients(int from, int to, int step) {
    MemorySegment dx = x.gradients();
    long at = (long) from * x.stride() + (long) step * inputWidth;
    long slopes = gates.at(from, step);
    if (inputGradients == null) {
      weights.flowToInput(
          to - from, gates.floats(), slopes, gates.width(), true, dx, at, x.stride());
      return;
    }
    MemorySegment padded = inputGradients.floats();
    long paddedAt = inputGradients.at(from, 0);
    int width = inputGradients.width();
    weights.flowToInput(
        to - from, gates.floats(), slopes, gates.width(), false, padded, paddedAt, width);
    for (int row = 0; row < to - from; row++) {
      kernels.addScaled(
          inputWidth, 1, padded, paddedAt + (long) row * width, dx, at + (long) row * x.stride());
    }
  }

  int tiles() {
    return weights.tiles();
  }

  long scratch() {
    return CellWeights.scratch();
  }

  void update(Pass pass, int tile, MemorySegment sums) {
    CellWeights.startTile(sums);
    for (int row = 0; row < pass.rows(); row = gates.groupEnd(row)) {
      int end = Math.min(pass.rows(), gates.groupEnd(row));
      int steps = x.steps(pass, row);
      if (end == gates.groupEnd(row) && haveSteps(pass, row, end, steps)) {
        addToTile(tile, sums, row, steps, gates.group(), terms.width(), gates.width());
        continue;
      }
      for (int r = row; r < end; r++) {
        addToTile(tile, sums, r, x.steps(pass, r), 1, terms.step(), gates.step());
      }
    }
    weights.applyTile(tile, sums);
  }

  /**
   * Adds what {@code steps} steps of some rows, from {@code row} on, say to a tile.
   *
   * @param rows how many; all of the group or one
   * @param termsStep how far what is added to each other lies apart
   */
  private void addToTile(
      int tile,
      MemorySegment sums,
      int row,
      int steps,
      int rows,
      long termsStep,
      long gatesStep) {
    int without = weights.isRecurrent(tile) ? 1 : 0; // the state before the first step is 0
    int step = reversed ? 0 : without;
    if (steps > without) {
      weights.addToTile(
          tile,
          sums,
          (steps - without) * rows,
          terms.floats(),
          terms.at(row, previous(step)),
          termsStep,
          gates.floats(),
          gates.at(row, step),
          gatesStep);
    }
  }

  private boolean haveSteps(Pass pass, int from, int to, int steps) {
    for (int row = from; row < to; row++) {
      if (x.steps(pass, row) != steps) {
        return false;
      }
    }
    return true;
  }

  void derive() {
    weights.derive();
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
