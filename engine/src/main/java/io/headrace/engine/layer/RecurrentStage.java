package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A recurrent cell led over sequences in one direction. A group of rows takes step after step, so
 * that the weights stay in the cache, each step with those rows that have it. Steps behind a row's
 * last are never touched. On the way back the gradients of a few steps' sums are kept, then go into
 * that of the weights at once.
 */
final class RecurrentStage {
  private static final int GROUP = 16;

  /** Steps of rows that go into the weights' gradient at once. */
  private static final int CHUNK = 64;

  private final Kernels kernels;
  private final boolean reversed;
  private final DenseValue x;
  private final SequenceOutput output;
  private final int inputWidth;
  private final CellWeights weights;

  /** What each step's sums are made of, one slot before the first step; the state comes first. */
  private final StepBuffer terms;

  private final StepBuffer gates;
  private final int slopesWidth;
  private final int chunk;
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
    this.weights = new CellWeights(scope, layer, prefix, inputWidth, flowsBack, reversed ? 2 : 0);
    int steps = x.shape().getFirst();
    int rows = scope.batchSize();
    int width = Kernels.padded(layer.units());
    int group = groupOf(scope);
    int gatesWidth = layer.kind().gates * width;
    this.terms = StepBuffer.of(rows, group, steps + 1, Kernels.padded(weights.terms()));
    this.gates = StepBuffer.of(rows, group, layer.kind().keepsGates ? steps : 1, gatesWidth);
    this.slopesWidth = gatesWidth + Kernels.BLOCK; // rows would share few sets of the cache
    this.chunk = Math.max(2, CHUNK / group);
    this.stateGradients = StepBuffer.of(rows, group, 1, width);
    boolean padded = flowsBack && inputWidth % Kernels.BLOCK != 0;
    this.inputGradients = padded ? StepBuffer.of(rows, group, 1, Kernels.padded(inputWidth)) : null;
    this.cell = layer.kind().cell(kernels, rows, width, gates, terms);
    for (long at = weights.one(); at < Floats.count(terms.floats()); at += terms.width()) {
      Floats.write(terms.floats(), at, 1);
    }
  }

  /** Rows that take their steps together: a shard's, or a part of it that fits into the cache. */
  private static int groupOf(LayerScope scope) {
    int shard = Math.ceilDiv(Math.ceilDiv(scope.batchSize(), scope.shards()), 4) * 4;
    int group = Math.min(GROUP, shard);
    while (shard % group != 0) {
      group -= 4;
    }
    return group;
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
            gates.at(row, keptStep(step)),
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

  /** Rows and steps of a chunk. */
  private long places() {
    return (long) chunk * gates.group();
  }

  /**
   * Floats of a worker's memory: the gradients of a chunk's sums, and room to lay those of rows and
   * steps that are there side by side, with their terms.
   */
  long slopes() {
    return places() * (2L * slopesWidth + terms.width());
  }

  private long slopesAt(int row, int step) {
    return ((long) (step % chunk) * gates.group() + row % gates.group()) * slopesWidth;
  }

  void backward(Pass pass, int shard, int from, int to, MemorySegment slopes) {
    weights.startShard(pass, shard);
    for (int row = from; row < to; row = gates.groupEnd(row)) {
      backwardGroup(pass, shard, row, Math.min(to, gates.groupEnd(row)), slopes);
    }
    weights.endShard(shard);
  }

  private void backwardGroup(Pass pass, int shard, int from, int to, MemorySegment slopes) {
    for (int row = from; row < to; row++) {
      stateGradients.clear(row, 0);
      cell.startBackward(row);
    }
    int longest = longest(pass, from, to);
    for (int i = 0; i < longest; i++) {
      int step = reversed ? i : longest - 1 - i;
      for (int row = next(pass, from, to, step); row < to; ) {
        int end = end(pass, row, to, step);
        backwardStep(pass, row, end, step, i == 0, slopes);
        row = next(pass, end, to, step);
      }
      boolean last = reversed ? step % chunk == chunk - 1 : step % chunk == 0;
      if (last || i == longest - 1) {
        addToWeights(pass, shard, from, to, step - step % chunk, slopes);
      }
    }
  }

  private void backwardStep(
      Pass pass, int from, int to, int step, boolean first, MemorySegment slopes) {
    int after = reversed ? step - 1 : step + 1;
    for (int row = from; row < to && !first; row++) {
      if (step == last(pass, row)) { // nothing flows back into it
        Floats.fill(slopes, slopesAt(row, after), slopesWidth, 0);
      }
    }
    MemorySegment dh = stateGradients.floats();
    if (!first) {
      weights.flowToState(
          to - from,
          slopes,
          slopesAt(from, after),
          slopesWidth,
          cell.carries(),
          dh,
          stateGradients.at(from, 0));
    }
    for (int row = from; row < to; row++) {
      output.addGradient(row, step, step == last(pass, row), dh, stateGradients.at(row, 0));
    }
    cell.backward(
        from,
        to - from,
        step,
        own(step),
        previous(step),
        stateGradients,
        slopes,
        slopesAt(from, step),
        slopesWidth);
    if (x.wantsGradients()) {
      addInputGradients(from, to, step, slopes);
    }
  }

  /** dx += slopes W^T. */
  private void addInputGradients(int from, int to, int step, MemorySegment slopes) {
    MemorySegment dx = x.gradients();
    long at = (long) from * x.stride() + (long) step * inputWidth;
    long slopesAt = slopesAt(from, step);
    int rows = to - from;
    if (inputGradients == null) {
      weights.flowToInput(rows, slopes, slopesAt, slopesWidth, true, dx, at, x.stride());
      return;
    }
    MemorySegment padded = inputGradients.floats();
    int width = inputGradients.width();
    long paddedAt = inputGradients.at(from, 0);
    weights.flowToInput(rows, slopes, slopesAt, slopesWidth, false, padded, paddedAt, width);
    for (int row = 0; row < rows; row++) {
      kernels.addScaled(
          inputWidth, 1, padded, paddedAt + (long) row * width, dx, at + (long) row * x.stride());
    }
  }

  /** What a chunk of steps, from {@code step} on, says to the weights. */
  private void addToWeights(
      Pass pass, int shard, int from, int to, int step, MemorySegment slopes) {
    int steps = chunkSteps(pass, from, step);
    boolean whole = to - from == gates.group();
    for (int row = from; whole && row < to; row++) {
      whole = chunkSteps(pass, row, step) == steps;
    }
    if (whole) {
      long termsAt = terms.at(from, previous(step));
      addToWeights(shard, steps * (to - from), terms.floats(), termsAt, slopes, 0);
      return;
    }
    long slopesTo = places() * slopesWidth;
    long termsTo = 2 * slopesTo;
    int count = 0;
    for (int after = step; after < step + chunk; after++) {
      for (int row = from; row < to; row++) {
        if (x.steps(pass, row) > after) {
          long at = slopesTo + (long) count * slopesWidth;
          Floats.copy(slopes, slopesAt(row, after), slopes, at, slopesWidth);
          long term = terms.at(row, previous(after));
          at = termsTo + (long) count * terms.width();
          Floats.copy(terms.floats(), term, slopes, at, terms.width());
          count++;
        }
      }
    }
    if (count > 0) {
      addToWeights(shard, count, slopes, termsTo, slopes, slopesTo);
    }
  }

  private void addToWeights(
      int shard, int count, MemorySegment from, long termsAt, MemorySegment slopes, long slopesAt) {
    weights.addGradient(shard, count, from, termsAt, terms.width(), slopes, slopesAt, slopesWidth);
  }

  /** Steps of a row in the chunk that begins with {@code step}. */
  private int chunkSteps(Pass pass, int row, int step) {
    return Math.clamp((long) x.steps(pass, row) - step, 0, chunk);
  }

  int tiles() {
    return weights.tiles();
  }

  long scratch() {
    return weights.scratch();
  }

  /** Operations of all tiles. */
  long updateCost() {
    return weights.updateCost();
  }

  void update(Pass pass, int tile, MemorySegment sums) {
    weights.update(pass, tile, sums);
  }

  void derive() {
    weights.derive();
  }

  /** The step of the gates where a step's are kept, if only until the next step. */
  private int keptStep(int step) {
    return Math.min(step, gates.steps() - 1);
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
