package io.headrace.engine;

import io.headrace.engine.layer.Pass;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.privacy.PrivacyAccount;
import io.headrace.engine.sample.EpochPosition;
import io.headrace.engine.sample.SampleBlock;
import java.util.function.DoublePredicate;

/**
 * Takes the gradient of each row of a batch by itself, through the whole plan, and learns from
 * their {@link PrivateSum} once. All rows are scored by the same parameters. A row whose loss or
 * gradient is not finite is left out.
 *
 * <p>Where a batch spans the end of one reading of the source and the begin of the next, the rows
 * of the next are scored and add nothing: a record may be among the rows of both, and is accounted
 * for as taking part once a reading.
 */
final class PrivateRows implements RowLearner {
  private final Model model;
  private final Plan plan;
  private final Pass pass;
  private final WorkerTeam team;
  private final int batchSize;
  private final PrivateSum sum;
  private final PrivacyAccount account;

  PrivateRows(
      Model model, Plan plan, Pass pass, WorkerTeam team, int batchSize, PrivacyAccount account) {
    this.model = model;
    this.plan = plan;
    this.pass = pass;
    this.team = team;
    this.batchSize = batchSize;
    this.sum = model.updates().privateSum();
    this.account = account;
  }

  /** Which reading of the source the batch is learned from as, counted from 0. */
  static long reading(SampleBlock rows) {
    return reading(rows, 0);
  }

  private static long reading(SampleBlock rows, int row) {
    return EpochPosition.epoch(rows.positions()[row]);
  }

  @Override
  public void learn(
      SampleBlock rows, long number, double rateFactor, DoublePredicate gate, LearnedRows into) {
    into.clear();
    long release = account.nextRelease();
    account.spend(reading(rows));
    boolean[] drawn = sum.drawn(release, rows.size());
    for (int row = 0; row < rows.size(); row++) {
      pass.start(rows, row, 1, (number - 1) * batchSize + row + 1);
      plan.score();
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
      if (drawn[row] && reading(rows, row) == reading(rows) && !add()) {
        into.leaveOut(row, weighted);
      } else {
        into.keep(rows, row, model.outputs(), loss);
      }
    }
    if (into.learned() > 0) {
      model.updates().startStep(number, rateFactor);
      sum.release(team, release);
      model.derive();
    }
  }

  private boolean add() {
    plan.learn();
    return sum.addRow(team);
  }
}
