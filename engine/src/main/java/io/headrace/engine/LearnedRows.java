package io.headrace.engine;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.metric.OnlineEvaluation;
import io.headrace.engine.sample.LedgerCounter;
import io.headrace.engine.sample.SampleBlock;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * What the rows of a batch that were learned from one by one gave, side by side as a pass over the
 * whole batch would leave it, and which rows were left out. Not thread-safe; allocates nothing.
 */
final class LearnedRows {
  private final int width;
  private final MemorySegment outputs;
  private final MemorySegment losses;
  private final float[] labels;
  private final float[] weights;
  private final int[] leftOut;
  private int learned;
  private int left;
  private double lossSum;
  private double badLoss;

  /**
   * @param width outputs of a row
   */
  LearnedRows(int batchSize, int width) {
    this.width = width;
    this.outputs = Floats.allocate((long) batchSize * width);
    this.losses = Floats.allocate(batchSize);
    this.labels = new float[batchSize];
    this.weights = new float[batchSize];
    this.leftOut = new int[batchSize];
  }

  /** Forgets the batch before. */
  void clear() {
    learned = 0;
    left = 0;
    lossSum = 0;
    badLoss = 0;
  }

  /** Takes what row {@code row} gave, whose outputs begin at 0. */
  void keep(SampleBlock rows, int row, MemorySegment from, float loss) {
    put(learned, from, loss);
    take(rows, row, weighted(rows, row, loss));
  }

  /** Takes a row whose outputs and loss are where they belong. */
  private void take(SampleBlock rows, int row, double weightedLoss) {
    labels[learned] = rows.labels()[row];
    weights[learned] = rows.weights()[row];
    lossSum += weightedLoss;
    learned++;
  }

  /**
   * Puts what row {@code row} gave, whose outputs begin at 0, where {@link #settle} finds it.
   * Different threads may put different rows.
   */
  void put(int row, MemorySegment from, float loss) {
    if (width == 1) {
      Floats.write(outputs, row, Floats.read(from, 0));
    } else {
      Floats.copy(from, 0, outputs, (long) row * width, width);
    }
    Floats.write(losses, row, loss);
  }

  /** Takes all rows of a batch, each of which was put; those of no finite loss are left out. */
  void settle(SampleBlock rows) {
    for (int row = 0; row < rows.size(); row++) {
      float loss = Floats.read(losses, row);
      double weighted = weighted(rows, row, loss);
      if (!Double.isFinite(weighted)) {
        leaveOut(row, weighted);
        continue;
      }
      if (learned < row) {
        Floats.copy(outputs, (long) row * width, outputs, (long) learned * width, width);
        Floats.write(losses, learned, loss);
      }
      take(rows, row, weighted);
    }
  }

  /** Takes note of a row that cannot be learned from. */
  void leaveOut(int row, double weightedLoss) {
    badLoss = weightedLoss;
    leftOut[left++] = row;
  }

  /** Takes note that the batch is not learned from. */
  void refuse(double weightedLoss) {
    badLoss = weightedLoss;
  }

  /** A row's loss times its weight; one that is not finite cannot be learned from. */
  static double weighted(SampleBlock rows, int row, float loss) {
    return (double) rows.weights()[row] * loss;
  }

  /** Rejects the rows that were left out, in an account that has the batch's rows as trained. */
  void rejectLeftOut(SampleBlock rows, LedgerCounter ledger) {
    for (int i = 0; i < left; i++) {
      ledger.rejectOneTrained(rows.partition(leftOut[i]));
    }
  }

  /** Whether a row was left out. */
  boolean leftOut(int row) {
    return Arrays.stream(leftOut, 0, left).anyMatch(other -> other == row);
  }

  /** Rows learned from. */
  int learned() {
    return learned;
  }

  /** Rows left out because their loss is no finite number. */
  int left() {
    return left;
  }

  /** The loss of the last row left out. */
  double badLoss() {
    return badLoss;
  }

  /** Mean weighted loss of the learned rows. */
  double meanLoss() {
    return learned == 0 ? badLoss : lossSum / learned;
  }

  /** Counts the learned rows, in their order. */
  void addTo(OnlineEvaluation evaluation) {
    evaluation.add(outputs, labels, weights, losses, learned);
  }
}
