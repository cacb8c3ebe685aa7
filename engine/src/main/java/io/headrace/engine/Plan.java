package io.headrace.engine;

import io.headrace.engine.layer.JoinWork;
import io.headrace.engine.layer.Pass;
import io.headrace.engine.layer.RowWork;
import io.headrace.engine.layer.Tape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A model's work as phases for a team: all layers forward and the loss, all layers backward, all
 * parameter tiles; a barrier after each, and one more at every join. Allocated once; running it
 * allocates nothing. A phase too small to be worth waking anyone stays on the caller's thread,
 * which the model's size decides, not the clock.
 */
final class Plan {
  /** Operations, about 20 microseconds' worth, below which a phase is not shared. */
  private static final long WORTH_SHARING = 400_000;

  private static final int TASKS_A_THREAD = 4;
  private static final int ROW_TILE = 4;

  private final WorkerTeam team;
  private final Pass pass;
  private final int shards;
  private final Sequence score;
  private final Sequence predict;
  private final Sequence backward;
  private final Tiles tiles;
  private final int rowTasks;
  private final boolean tilesShared;

  /**
   * @param shared whether the team takes part, or the caller's thread does it all
   * @param scoring what follows the last layer when the batch is learned from
   * @param predicting what follows it otherwise
   */
  Plan(
      WorkerTeam team,
      Pass pass,
      Tape tape,
      int batchSize,
      int shards,
      boolean shared,
      RowWork scoring,
      RowWork predicting) {
    this.team = team;
    this.pass = pass;
    this.shards = shards;
    boolean several = shared && team.threads() > 1;
    boolean rowsShared = several && tape.rowCost() * batchSize >= 2 * WORTH_SHARING;
    this.rowTasks = rowsShared ? Math.min(shards, TASKS_A_THREAD * team.threads()) : 1;
    this.score = new Sequence(with(tape.forward(), scoring), 0);
    this.predict = new Sequence(with(tape.forward(), predicting), 0);
    this.backward = new Sequence(tape.backward(), score.phases.size());
    this.tiles = new Tiles(tape.tiles());
    long tileCost = tape.tiles().stream().mapToLong(Tape.Tiles::cost).sum();
    this.tilesShared = several && tileCost >= WORTH_SHARING;
  }

  private static List<Tape.Step> with(List<Tape.Step> layers, RowWork last) {
    var all = new ArrayList<>(layers);
    all.add(new Tape.Step.Rows(last));
    return all;
  }

  /** All layers forward, then the loss: outputs, losses, and the gradient at the last layer. */
  void score() {
    score.run();
  }

  /** All layers forward, then outputs only. */
  void predict() {
    predict.run();
  }

  /** All layers backward, then all parameter updates. */
  void learn() {
    backward.run();
    if (tilesShared) {
      team.run(tiles.count, tiles);
    } else {
      team.run(1, tiles.whole);
    }
  }

  /** First row of a shard; the cut depends on the number of rows alone. */
  private int firstRow(int shard) {
    int size = Math.ceilDiv(Math.ceilDiv(pass.rows(), shards), ROW_TILE) * ROW_TILE;
    return Math.min(pass.rows(), shard * size);
  }

  /**
   * Steps of several layers, cut into phases where all rows have to be through. Every other phase
   * goes through the shards from the last to the first, which it thus finds in the cache.
   */
  private final class Sequence {
    private final List<Rows> phases = new ArrayList<>();
    private final List<JoinWork> joins = new ArrayList<>();

    /**
     * @param before phases that go before
     */
    Sequence(List<Tape.Step> steps, int before) {
      List<Tape.Step> open = new ArrayList<>();
      for (Tape.Step step : steps) {
        if (step instanceof Tape.Step.Join(JoinWork work)) {
          phases.add(new Rows(open, (before + phases.size()) % 2 == 1));
          joins.add(work);
          open = new ArrayList<>();
        } else {
          open.add(step);
        }
      }
      phases.add(new Rows(open, (before + phases.size()) % 2 == 1));
    }

    void run() {
      for (int i = 0; i < phases.size(); i++) {
        team.run(rowTasks, phases.get(i));
        if (i < joins.size()) {
          joins.get(i).run(pass);
        }
      }
    }
  }

  /** Steps between two barriers, one after the other, on whole shards. */
  private final class Rows implements WorkerTeam.Phase {
    private final Tape.Step[] steps;
    private final boolean reversed;

    Rows(List<Tape.Step> steps, boolean reversed) {
      this.reversed = reversed;
      this.steps = steps.toArray(Tape.Step[]::new);
    }

    @Override
    public void run(int task, MemorySegment scratch) {
      run(task, task + 1, scratch);
    }

    @Override
    public void run(int firstTask, int endTask, MemorySegment scratch) {
      int firstPart = reversed ? team.mirrored(endTask - 1, rowTasks) : firstTask;
      int endPart = firstPart + endTask - firstTask;
      int first = firstPart * shards / rowTasks;
      int end = endPart * shards / rowTasks;
      int from = firstRow(first);
      int to = firstRow(end);
      if (from < to) {
        for (int i = 0; i < steps.length; ) {
          i = runFrom(i, first, end, scratch);
        }
      }
    }

    /** Runs a step, and those on shards that follow one on shards; returns which comes next. */
    private int runFrom(int step, int first, int end, MemorySegment scratch) {
      return switch (steps[step]) {
        case Tape.Step.Rows rows -> {
          rows.work().run(pass, firstRow(first), firstRow(end));
          yield step + 1;
        }
        case Tape.Step.Shards shards -> runShards(step, first, end, scratch);
        case Tape.Step.Join join -> throw new IllegalStateException("a join is no row work");
      };
    }

    private int runShards(int step, int first, int end, MemorySegment scratch) {
      int next = step + 1;
      while (next < steps.length && steps[next] instanceof Tape.Step.Shards) {
        next++;
      }
      for (int shard = first; shard < end; shard++) {
        runShard(step, next, reversed ? first + end - 1 - shard : shard, scratch);
      }
      return next;
    }

    /** A shard goes through several steps at once, so that it stays in the cache. */
    private void runShard(int step, int end, int shard, MemorySegment scratch) {
      int from = firstRow(shard);
      int to = firstRow(shard + 1);
      for (int i = step; i < end && from < to; i++) {
        ((Tape.Step.Shards) steps[i]).work().run(pass, shard, from, to, scratch);
      }
    }
  }

  /** Tiles of all layers, numbered through. */
  private final class Tiles implements WorkerTeam.Phase {
    private final Tape.Tiles[] layers;
    private final int count;
    private final WorkerTeam.Phase whole = this::runAll;

    Tiles(List<Tape.Tiles> layers) {
      this.layers = layers.toArray(Tape.Tiles[]::new);
      this.count = layers.stream().mapToInt(Tape.Tiles::count).sum();
    }

    @Override
    public void run(int task, MemorySegment scratch) {
      int tile = task;
      int layer = 0;
      while (tile >= layers[layer].count()) {
        tile -= layers[layer++].count();
      }
      layers[layer].work().run(pass, tile, scratch);
    }

    private void runAll(int task, MemorySegment scratch) {
      for (Tape.Tiles layer : layers) {
        for (int tile = 0; tile < layer.count(); tile++) {
          layer.work().run(pass, tile, scratch);
        }
      }
    }
  }
}
