package io.headrace.engine.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The work of all layers in the order in which they joined. A pass runs the forward work in that
 * order, then the backward work in reverse, then all tiles in any order. Written once, while the
 * model is built.
 */
public final class Tape {
  private final List<Step> forward = new ArrayList<>();
  private final List<Step> backward = new ArrayList<>();
  private final List<Tiles> tiles = new ArrayList<>();
  private final List<Runnable> derivations = new ArrayList<>();
  private long rowCost;
  private @Nullable SingleRow single;

  /** A part of a forward or a backward pass. */
  public sealed interface Step {
    /** Work on rows, in whatever cut suits the workers. */
    record Rows(RowWork work) implements Step {}

    /**
     * Work on rows, shard by shard.
     *
     * @param scratch floats of memory that a shard needs
     */
    record Shards(long scratch, ShardWork work) implements Step {}

    /** Work of one worker, after all rows have gone through the steps before. */
    record Join(JoinWork work) implements Step {}
  }

  /**
   * Parameter work of one layer.
   *
   * @param count number of tiles
   * @param scratch floats of memory that a tile needs
   * @param cost floating-point operations of all tiles with a full batch
   */
  public record Tiles(int count, long scratch, long cost, TileWork work) {}

  /**
   * Adds a layer's passes.
   *
   * @param cost floating-point operations a row, forward and backward together
   * @param forwardSteps in the order in which they run
   * @param backwardSteps in the order in which they run
   */
  public void steps(long cost, List<Step> forwardSteps, List<Step> backwardSteps) {
    forward.addAll(forwardSteps);
    backward.addAll(0, backwardSteps);
    rowCost += cost;
  }

  /** Adds a layer's passes over rows. */
  public void rows(long cost, RowWork forwardWork, RowWork backwardWork) {
    steps(cost, List.of(new Step.Rows(forwardWork)), List.of(new Step.Rows(backwardWork)));
  }

  /** Adds a layer's passes over shards. */
  public void shards(long cost, long scratch, ShardWork forwardWork, ShardWork backwardWork) {
    steps(
        cost,
        List.of(new Step.Shards(scratch, forwardWork)),
        List.of(new Step.Shards(scratch, backwardWork)));
  }

  public void tiles(int count, long scratch, long cost, TileWork work) {
    tiles.add(new Tiles(count, scratch, cost, work));
  }

  /** Adds work that recomputes what is kept beside parameters, after they were set as a whole. */
  public void derivation(Runnable work) {
    derivations.add(work);
  }

  /** Says that {@code row} is all of the model's work on one row. */
  void single(SingleRow row) {
    single = row;
  }

  /** The model's work on one row, where it has a shorter way than passes. */
  public Optional<SingleRow> single() {
    return Optional.ofNullable(single);
  }

  /** In the order of a forward pass. */
  public List<Step> forward() {
    return List.copyOf(forward);
  }

  /** In the order of a backward pass. */
  public List<Step> backward() {
    return List.copyOf(backward);
  }

  public List<Tiles> tiles() {
    return List.copyOf(tiles);
  }

  public List<Runnable> derivations() {
    return List.copyOf(derivations);
  }

  /** Floating-point operations a row. */
  public long rowCost() {
    return rowCost;
  }

  /** Floats of memory that the largest shard or tile needs. */
  public long scratch() {
    long most = 0;
    for (List<Step> steps : List.of(forward, backward)) {
      for (Step step : steps) {
        most = step instanceof Step.Shards shards ? Math.max(most, shards.scratch()) : most;
      }
    }
    for (Tiles layer : tiles) {
      most = Math.max(most, layer.scratch());
    }
    return most;
  }
}
