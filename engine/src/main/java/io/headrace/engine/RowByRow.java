package io.headrace.engine;

import io.headrace.engine.layer.Pass;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.SampleBlock;
import java.util.Optional;
import java.util.function.DoublePredicate;

/**
 * Learns from the rows of a batch one after the other: each is scored by the parameters that the
 * row before it left. A row whose loss is no finite number is left out.
 */
final class RowByRow implements RowLearner {
  private final Model model;
  private final Step step;
  private final int batchSize;

  RowByRow(Model model, Plan plan, Pass pass, WorkerTeam team, int batchSize) {
    this.model = model;
    this.batchSize = batchSize;
    Optional<RowLane> single = model.singleRow();
    this.step =
        single.isPresent() ? new Single(single.get()) : new Planned(model, plan, pass, team);
  }

  @Override
  public void learn(
      SampleBlock rows, long number, double rateFactor, DoublePredicate gate, LearnedRows into) {
    into.clear();
    long update = (number - 1) * batchSize;
    for (int row = 0; row < rows.size(); row++) {
      update++;
      step.score(rows, row, update);
      float loss = Floats.read(model.losses(), 0);
      double weighted = LearnedRows.weighted(rows, row, loss);
      if (!Double.isFinite(weighted)) {
        into.leaveOut(row, weighted);
        continue;
      }
      if (into.learned() == 0 && !gate.test(weighted)) {
        into.refuse(weighted);
        return;
      }
      into.keep(rows, row, model.outputs(), loss);
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
  private record Single(RowLane lane) implements Step {
    @Override
    public void score(SampleBlock rows, int row, long update) {
      lane.score(rows, row);
    }

    @Override
    public void learn(SampleBlock rows, int row, long update, double rateFactor) {
      lane.learn(rows, row, update, rateFactor);
    }
  }
}
