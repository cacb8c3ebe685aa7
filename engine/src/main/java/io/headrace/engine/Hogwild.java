package io.headrace.engine;

import io.headrace.engine.sample.SampleBlock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoublePredicate;

/**
 * Learns from rows of a batch on several threads at once that share the parameters without locks:
 * Niu, Recht, Ré and Wright, "Hogwild!: A Lock-Free Approach to Parallelizing Stochastic Gradient
 * Descent", 2011. A row may see half of what another one is just learning, and of two moves of a
 * weight at the same moment one is lost; sparse rows rarely meet.
 *
 * <p>Floats are read and written plainly: a float is never torn, and nobody relies on when another
 * thread sees it. All threads have ended their rows when {@link #learn} returns, so that between
 * batches everything is as whole as after a synchronous step.
 */
final class Hogwild implements RowLearner {
  /** So few that threads end together, so many that they seldom meet at the counter. */
  private static final int ROWS_AT_ONCE = 16;

  private static final int REFUSED = -1;

  private final OptimizerUpdates updates;
  private final List<RowLane> lanes;
  private final WorkerTeam team;
  private final WorkerTeam.Phase work = (lane, scratch) -> learnRows(lane);
  private final AtomicInteger next = new AtomicInteger();
  private final Runnable meanwhile;
  private final int batchSize;
  private SampleBlock rows;
  private LearnedRows learned;
  private long updatesBefore;
  private double rateFactor;

  /**
   * @param lanes one for each thread of the team
   * @param meanwhile work that one thread does in each batch, beside the rows
   */
  Hogwild(Model model, List<RowLane> lanes, WorkerTeam team, ModelSpec spec, Runnable meanwhile) {
    this.updates = model.updates();
    this.lanes = lanes;
    this.team = team;
    this.batchSize = spec.batchSize();
    this.meanwhile = meanwhile;
    this.rows = new SampleBlock(spec.schema(), 0);
    this.learned = new LearnedRows(0, model.outputWidth());
  }

  @Override
  public void learn(
      SampleBlock batch, long number, double factor, DoublePredicate gate, LearnedRows into) {
    into.clear();
    rows = batch;
    learned = into;
    updatesBefore = (number - 1) * batchSize;
    rateFactor = factor;
    updates.startStep(updatesBefore + 1, rateFactor);
    int begun = learnFirst(gate);
    if (begun == REFUSED) {
      return;
    }
    next.set(begun);
    team.run(lanes.size(), work);
    into.settle(batch);
  }

  /**
   * Learns from the first row of sound loss, while no other thread does.
   *
   * @return the row behind it; {@link #REFUSED} if the gate is closed
   */
  private int learnFirst(DoublePredicate gate) {
    RowLane lane = lanes.getFirst();
    for (int row = 0; row < rows.size(); row++) {
      double weighted = score(lane, row);
      if (Double.isFinite(weighted)) {
        if (!gate.test(weighted)) {
          learned.refuse(weighted);
          return REFUSED;
        }
        learn(lane, row);
        return row + 1;
      }
    }
    return rows.size();
  }

  /** The work beside the rows is the last thread's; the others take its share of the rows. */
  private void learnRows(int number) {
    if (number == lanes.size() - 1) {
      meanwhile.run();
    }
    RowLane lane = lanes.get(number);
    int count = rows.size();
    for (int from = next.getAndAdd(ROWS_AT_ONCE);
        from < count;
        from = next.getAndAdd(ROWS_AT_ONCE)) {
      for (int row = from; row < Math.min(from + ROWS_AT_ONCE, count); row++) {
        if (Double.isFinite(score(lane, row))) {
          learn(lane, row);
        }
      }
    }
  }

  /** Scores a row, puts what it gave aside until all have, and gives its weighted loss. */
  private double score(RowLane lane, int row) {
    lane.score(rows, row);
    float loss = lane.lastLoss();
    learned.put(row, lane.outputs(), loss);
    return LearnedRows.weighted(rows, row, loss);
  }

  private void learn(RowLane lane, int row) {
    lane.learn(rows, row, updatesBefore + row + 1, rateFactor);
  }
}
