package io.headrace.engine;

import io.headrace.engine.layer.Pass;
import io.headrace.engine.layer.SingleRow;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.LedgerCounter;
import io.headrace.engine.sample.SampleBlock;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.DoublePredicate;

/**
 * Learns from the rows of a batch one after the other: each is scored by the parameters that the
 * row before it left. A row whose loss is no finite number is left out. Keeps what the learned rows
 * gave side by side, as a pass over the whole batch would. Not thread-safe; allocates nothing.
 */
final class RowByRow {
  private final Model model;
  private final Step step;
  private final int batchSize;
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

  RowByRow(Model model, Plan plan, Pass pass, WorkerTeam team, int batchSize) {
    this.model = model;
    Optional<SingleRow> single = model.singleRow();
    this.step =
        single.isPresent()
            ? new Single(model, single.get(), model::awareSlope)
            : new Planned(model, plan, pass, team);
    this.leftOut = new int[batchSize];
    this.batchSize = batchSize;
    this.width = model.outputWidth();
    this.outputs = Floats.allocate((long) batchSize * width);
    this.losses = Floats.allocate(batchSize);
    this.labels = new float[batchSize];
    this.weights = new float[batchSize];
  }

  /**
   * Learns from all rows of sound loss.
   *
   * @param number of the step, counted from 1; updates are numbered as if the batches before had
   *     been full
   * @param rateFactor what the learning rate is multiplied by
   * @param gate asked once, with the first sound loss, whether this state may be learned from
   */
  void learn(SampleBlock rows, long number, double rateFactor, DoublePredicate gate) {
    learned = 0;
    left = 0;
    lossSum = 0;
    badLoss = 0;
    long update = (number - 1) * batchSize;
    for (int row = 0; row < rows.size(); row++) {
      update++;
      step.score(rows, row, update);
      float loss = Floats.read(model.losses(), 0);
      double weighted = (double) rows.weights()[row] * loss;
      if (!Double.isFinite(weighted)) {
        badLoss = weighted;
        leftOut[left++] = row;
        continue;
      }
      if (learned == 0 && !gate.test(weighted)) {
        badLoss = weighted;
        return;
      }
      keep(rows, row, loss);
      lossSum += weighted;
      model.updates().startStep(update, rateFactor);
      step.learn(rows, row, update, rateFactor);
    }
  }

  /** What is done with one row. */
  private interface Step {
    /** Scores it, which leaves its outputs and its loss as row 0 of the model's. */
    void score(SampleBlock rows, int row, long update);

    /** Learns from the row scored last. */
    void learn(SampleBlock rows, int row, long update, double rateFactor);
  }

  /** Through the whole plan, as a batch of one row. */
  private record Planned(Model model, Plan plan, Pass pass, WorkerTeam team) implements Step {
    @Override
    public void score(SampleBlock rows, int row, long update) {
      pass.start(rows, row, 1, update);
      plan.score();
    }

    @Override
    public void learn(SampleBlock rows, int row, long update, double rateFactor) {
      plan.learn();
      model.finishStep(team);
    }
  }

  /** The short way. */
  private record Single(Model model, SingleRow work, SingleRow.AwareSlope aware) implements Step {
    @Override
    public void score(SampleBlock rows, int row, long update) {
      work.score(rows, row);
      model.scoreSingle(rows, row);
    }

    @Override
    public void learn(SampleBlock rows, int row, long update, double rateFactor) {
      work.learn(rows, row, update, rateFactor, aware);
    }
  }

  private void keep(SampleBlock rows, int row, float loss) {
    if (width == 1) {
      Floats.write(outputs, learned, Floats.read(model.outputs(), 0));
    } else {
      Floats.copy(model.outputs(), 0, outputs, (long) learned * width, width);
    }
    Floats.write(losses, learned, loss);
    labels[learned] = rows.labels()[row];
    weights[learned] = rows.weights()[row];
    learned++;
  }

  /** Rejects the rows that were left out, in an account that has the batch's rows as trained. */
  void rejectLeftOut(SampleBlock rows, LedgerCounter ledger) {
    for (int i = 0; i < left; i++) {
      ledger.rejectOneTrained(rows.partition(leftOut[i]));
    }
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

  MemorySegment outputs() {
    return outputs;
  }

  MemorySegment losses() {
    return losses;
  }

  float[] labels() {
    return labels;
  }

  float[] weights() {
    return weights;
  }
}
