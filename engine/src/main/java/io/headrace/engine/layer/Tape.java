package io.headrace.engine.layer;

import java.util.ArrayList;
import java.util.List;

/**
 * The work of all layers in the order in which they joined. A pass runs the forward work in that
 * order, then the backward work in reverse, then all tiles in any order. Written once, while the
 * model is built.
 */
public final class Tape {
  private final List<RowWork> forward = new ArrayList<>();
  private final List<RowWork> backward = new ArrayList<>();
  private final List<Tiles> tiles = new ArrayList<>();
  private final List<Runnable> derivations = new ArrayList<>();
  private long rowCost;

  /**
   * Parameter work of one layer.
   *
   * @param count number of tiles
   * @param scratch floats of memory that a tile needs
   * @param cost floating-point operations of all tiles with a full batch
   */
  public record Tiles(int count, long scratch, long cost, TileWork work) {}

  /**
   * Adds a layer's passes over rows.
   *
   * @param cost floating-point operations a row, forward and backward together
   */
  public void rows(long cost, RowWork forwardWork, RowWork backwardWork) {
    forward.add(forwardWork);
    backward.addFirst(backwardWork);
    rowCost += cost;
  }

  public void tiles(int count, long scratch, long cost, TileWork work) {
    tiles.add(new Tiles(count, scratch, cost, work));
  }

  /** Adds work that recomputes what is kept beside parameters, after they were set as a whole. */
  public void derivation(Runnable work) {
    derivations.add(work);
  }

  /** In the order of a forward pass. */
  public List<RowWork> forward() {
    return List.copyOf(forward);
  }

  /** In the order of a backward pass. */
  public List<RowWork> backward() {
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
}
