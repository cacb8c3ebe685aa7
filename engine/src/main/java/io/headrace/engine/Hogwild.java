package io.headrace.engine;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.SampleBlock;
import java.lang.foreign.MemorySegment;
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

  private final OptimizerUpdates updates;
  private final List<RowLane> lanes;
  private final WorkerTeam team;
  private final WorkerTeam.Phase work = (lane, scratch) -> learnRows(lane);
  private final AtomicInteger next = new AtomicInteger();
  private final int batchSize;
  private final int width;
  private final MemorySegment outputs;
  private final MemorySegment losses;
  private SampleBlock rows;
  private long updatesBefore;
  private double rateFactor;

  /**
   * @param lanes one for each thread of the team
   */
  Hogwild(Model model, List<RowLane> lanes, WorkerTeam team, ModelSpec spec) {
    this.updates = model.updates();
    this.lanes = lanes;
    this.team = team;
    this.batchSize = spec.batchSize();
    this.width = model.outputWidth();
    this.outputs = Floats.allocate((long) batchSize * width);
    this.losses = Floats.allocate(batchSize);
    this.rows = new SampleBlock(spec.schema(), 0);
  }

  @Override
  public void learn(
      SampleBlock batch, long number, double factor, DoublePredicate gate, LearnedRows into) {
    into.clear();
    rows = batch;
    updatesBefore = (number - 1) * batchSize;
    rateFactor = factor;
    updates.startStep(updatesBefore + 1, rateFactor);
    int begun = learnFirst(gate, into);
    if (into.learned() == 0) {
      return;
    }
    next.set(begun);
    team.run(lanes.size(), work);
    for (int row = begun; row < rows.size(); row++) {
      take(row, into);
    }
  }

  /**
   * Learns from the first row of sound loss, while no other thread does.
   *
   * @return the row behind it; nothing is learned if there is none, or the gate is closed
   */
  private int learnFirst(DoublePredicate gate, LearnedRows into) {
    RowLane lane = lanes.getFirst();
    for (int row = 0; row < rows.size(); row++) {
      lane.score(rows, row);
      keep(lane, row);
      double weighted = LearnedRows.weighted(rows, row, lane.lastLoss());
      if (Double.isFinite(weighted)) {
        if (!gate.test(weighted)) {
          into.refuse(weighted);
          return row;
        }
        lane.learn(rows, row, updatesBefore + row + 1, rateFactor);
        take(row, into);
        return row + 1;
      }
      take(row, into);
    }
    return rows.size();
  }

  private void learnRows(int number) {
    RowLane lane = lanes.get(number);
    int count = rows.size();
    for (int from = next.getAndAdd(ROWS_AT_ONCE);
        from < count;
        from = next.getAndAdd(ROWS_AT_ONCE)) {
      for (int row = from; row < Math.min(from + ROWS_AT_ONCE, count); row++) {
        lane.score(rows, row);
        keep(lane, row);
        if (Double.isFinite(LearnedRows.weighted(rows, row, lane.lastLoss()))) {
          lane.learn(rows, row, updatesBefore + row + 1, rateFactor);
        }
      }
    }
  }

  /** Puts aside what a row gave, until all have. */
  private void keep(RowLane lane, int row) {
    if (width == 1) {
      Floats.write(outputs, row, Floats.read(lane.outputs(), 0));
    } else {
      Floats.copy(lane.outputs(), 0, outputs, (long) row * width, width);
    }
    Floats.write(losses, row, lane.lastLoss());
  }

  private void take(int row, LearnedRows into) {
    float loss = Floats.read(losses, row);
    double weighted = LearnedRows.weighted(rows, row, loss);
    if (Double.isFinite(weighted)) {
      into.keep(rows, row, outputs, (long) row * width, loss);
    } else {
      into.leaveOut(row, weighted);
    }
  }
}
