package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * What makes the sums of a recurrent cell's gates: they are the products of a row of terms, which
 * are the state before, a 1 and the step's input, with the recurrent weights, the bias and the
 * input's weights below each other. Each matrix lies as [in][gates][units], the units padded.
 *
 * <p>Beside the parameters lie a copy cut into panels of a few columns, so that the terms of a
 * panel lie side by side, and the transposes that gradients flow back through. Each shard of a
 * batch sums its gradient in the layout of the panels, a few steps at once, while what it is made
 * of is in the cache. Then the shards are added up in tiles, and each tile goes into the optimizer,
 * and from there into the copies, at once.
 */
final class CellWeights {
  /** Weights and the one of the bias, for which 64 inputs do not make a second tile. */
  private static final int TILE_TERMS = 72;

  private final Kernels kernels;
  private final Updates updates;
  private final int units;
  private final int width;
  private final int in;
  private final int paddedIn;
  private final int stateStride;
  private final int inputStride;
  private final int inputColumn;
  private final int inputColumns;
  private final int recurrentColumns;
  private final boolean flowsBack;
  private final Parameter input;
  private final Parameter recurrent;
  private final Parameter bias;
  private final List<Panel> panels = new ArrayList<>();
  private final List<Tile> tiles = new ArrayList<>();
  private final MemorySegment packed;
  private final MemorySegment gradients;
  private final int panelWidth;
  private final long shardSize;
  private final long[] shardSteps;
  private final boolean[] started;
  private final MemorySegment recurrentTransposed;
  private final MemorySegment inputTransposed;
  private final MemorySegment zeros;

  /**
   * Columns of the gates that have the same terms.
   *
   * @param at where the weights of its first term begin in the packed copy
   */
  private record Panel(int column, int width, int first, int end, long at) {
    long at(int term) {
      return at + (long) (term - first) * width;
    }
  }

  /** Terms of a panel that are updated at once. */
  private record Tile(Panel panel, int first, int count) {}

  /**
   * @param flowsBack whether the gradient by the input is asked for
   * @param stream number of the first of two streams of random numbers
   */
  CellWeights(
      LayerScope scope,
      RecurrentLayer layer,
      String prefix,
      int in,
      boolean flowsBack,
      int stream) {
    CellKind kind = layer.kind();
    this.kernels = scope.kernels();
    this.updates = scope.updates();
    this.units = layer.units();
    this.width = Kernels.padded(units);
    this.in = in;
    this.paddedIn = Kernels.padded(in);
    this.stateStride = Kernels.apart(width);
    this.inputStride = Kernels.apart(paddedIn);
    this.inputColumn = kind.inputFirst * width;
    this.inputColumns = kind.inputGates * width;
    this.recurrentColumns = kind.recurrentGates * width;
    this.flowsBack = flowsBack;
    this.input =
        matrix(
            scope,
            prefix + "weight",
            in,
            kind.inputGates,
            layer.initialisation(in, scope.streamSeed(stream)));
    this.recurrent =
        matrix(
            scope,
            prefix + "recurrent-weight",
            units,
            kind.recurrentGates,
            layer.initialisation(units, scope.streamSeed(stream + 1)));
    List<Long> shape = List.of((long) kind.gates, (long) units);
    this.bias = scope.matrix(prefix + "bias", shape, kind.gates, units, layer.firstBias());
    addPanels(0, inputColumn, 0, width + 1);
    addPanels(inputColumn, recurrentColumns, 0, terms());
    addPanels(recurrentColumns, kind.gates * width, width, terms());
    Panel last = panels.getLast();
    this.shardSize = last.at(last.end());
    this.packed = Floats.allocate(shardSize);
    this.gradients = Floats.allocate(Math.multiplyExact(scope.shards(), shardSize));
    this.shardSteps = new long[scope.shards()];
    this.started = new boolean[scope.shards()];
    this.recurrentTransposed = Floats.allocate((long) recurrentColumns * stateStride);
    this.inputTransposed = Floats.allocate(flowsBack ? (long) inputColumns * inputStride : 0);
    this.panelWidth = panels.stream().mapToInt(Panel::width).max().orElseThrow();
    this.zeros = Floats.allocate(Math.max(panelWidth, Math.max(width, paddedIn)));
  }

  private Parameter matrix(
      LayerScope scope, String name, int rows, int gates, Initialisation first) {
    List<Long> shape = List.of((long) rows, (long) gates, (long) units);
    return scope.matrix(name, shape, Math.multiplyExact(rows, gates), units, first);
  }

  private void addPanels(int from, int to, int first, int end) {
    for (int column = from; column < to; column += panels.getLast().width()) {
      long at = panels.isEmpty() ? 0 : panels.getLast().at(panels.getLast().end());
      var panel = new Panel(column, kernels.panel(to - column), first, end, at);
      panels.add(panel);
      addTiles(panel, first, Math.min(end, units));
      addTiles(panel, Math.max(first, width), end);
    }
  }

  private void addTiles(Panel panel, int first, int end) {
    int left = end - first;
    while (left > 0) {
      int share = Math.ceilDiv(left, Math.ceilDiv(left, TILE_TERMS));
      int count = Math.min(left, Math.ceilDiv(share, 4) * 4);
      tiles.add(new Tile(panel, end - left, count));
      left -= count;
    }
  }

  /** Floats of a row of terms: the state, padded, from 0 on, then a 1, then the input. */
  int terms() {
    return input() + in;
  }

  /** Where the 1 among the terms lies. */
  int one() {
    return width;
  }

  /** Where the input among the terms begins. */
  int input() {
    return width + 1;
  }

  /**
   * Sums of all gates = terms times weights, for {@code count} rows.
   *
   * @param first whether the state before is 0, as it is at a row's first step
   */
  void sum(
      int count,
      boolean first,
      MemorySegment terms,
      long termsAt,
      long termsRow,
      MemorySegment sums,
      long sumsAt,
      long sumsRow) {
    for (int i = 0; i < panels.size(); i++) {
      Panel panel = panels.get(i);
      int from = first ? Math.max(panel.first(), width) : panel.first();
      kernels.product(
          count,
          panel.width(),
          panel.end() - from,
          terms,
          termsAt + from,
          termsRow,
          1,
          packed,
          panel.at(from),
          panel.width(),
          zeros,
          0,
          0,
          sums,
          sumsAt + panel.column(),
          sumsRow);
    }
  }

  /**
   * The gradient by the state before, for {@code count} rows.
   *
   * @param added whether it is added to what is there
   */
  void flowToState(
      int count,
      MemorySegment slopes,
      long slopesAt,
      long slopesRow,
      boolean added,
      MemorySegment dh,
      long dhAt) {
    kernels.product(
        count,
        width,
        recurrentColumns,
        slopes,
        slopesAt,
        slopesRow,
        1,
        recurrentTransposed,
        0,
        stateStride,
        added ? dh : zeros,
        added ? dhAt : 0,
        added ? width : 0,
        dh,
        dhAt,
        width);
  }

  /** The gradient by the input, for {@code count} rows of padded width; added as above. */
  void flowToInput(
      int count,
      MemorySegment slopes,
      long slopesAt,
      long slopesRow,
      boolean added,
      MemorySegment dx,
      long dxAt,
      long dxRow) {
    kernels.product(
        count,
        paddedIn,
        inputColumns,
        slopes,
        slopesAt + inputColumn,
        slopesRow,
        1,
        inputTransposed,
        0,
        inputStride,
        added ? dx : zeros,
        added ? dxAt : 0,
        added ? dxRow : 0,
        dx,
        dxAt,
        dxRow);
  }

  int tiles() {
    return tiles.size();
  }

  /** Operations of all tiles: one for each shard, and about two dozen of an optimizer. */
  long updateCost() {
    return shardSize * (shardSteps.length + 24L);
  }

  long scratch() {
    return (long) TILE_TERMS * panelWidth;
  }

  /** Begins the gradient of a shard. */
  void startShard(Pass pass, int shard) {
    shardSteps[shard] = pass.step();
    started[shard] = false;
  }

  /** Adds terms^T slopes over {@code count} rows of both to the gradient of a shard. */
  void addGradient(
      int shard,
      int count,
      MemorySegment terms,
      long termsAt,
      long termsRow,
      MemorySegment slopes,
      long slopesAt,
      long slopesRow) {
    boolean added = started[shard];
    for (int i = 0; i < panels.size(); i++) {
      Panel panel = panels.get(i);
      long at = shard * shardSize + panel.at();
      kernels.product(
          panel.end() - panel.first(),
          panel.width(),
          count,
          terms,
          termsAt + panel.first(),
          1,
          termsRow,
          slopes,
          slopesAt + panel.column(),
          slopesRow,
          added ? gradients : zeros,
          added ? at : 0,
          added ? panel.width() : 0,
          gradients,
          at,
          panel.width());
    }
    started[shard] = true;
  }

  /** Ends the gradient of a shard, of which no row may have had a step. */
  void endShard(int shard) {
    if (!started[shard]) {
      Floats.fill(gradients, shard * shardSize, shardSize, 0);
    }
  }

  /** Updates a tile's weights by what the step's shards say, added in their order. */
  void update(Pass pass, int number, MemorySegment sums) {
    Tile tile = tiles.get(number);
    Panel panel = tile.panel();
    int size = tile.count() * panel.width();
    Floats.fill(sums, 0, size, 0);
    for (int shard = 0; shard < shardSteps.length; shard++) {
      if (shardSteps[shard] == pass.step()) {
        long at = shard * shardSize + panel.at(tile.first());
        kernels.addScaled(size, 1, gradients, at, sums, 0);
      }
    }
    for (int i = 0; i < tile.count(); i++) {
      long place = place(tile.first() + i, panel.column());
      updates.apply(sums, (long) i * panel.width(), place, panel.width());
    }
    copyTile(tile);
  }

  void derive() {
    tiles.forEach(this::copyTile);
  }

  private void copyTile(Tile tile) {
    Panel panel = tile.panel();
    for (int term = tile.first(); term < tile.first() + tile.count(); term++) {
      long place = place(term, panel.column());
      Floats.copy(bias.values(), place, packed, panel.at(term), panel.width());
    }
    if (tile.first() < width) {
      long to = (long) panel.column() * stateStride + tile.first();
      transpose(tile, 0, recurrentTransposed, to, stateStride);
    } else if (flowsBack && tile.first() + tile.count() > input()) {
      int skipped = Math.max(0, input() - tile.first());
      long column = panel.column() - (long) inputColumn;
      long to = column * inputStride + tile.first() + skipped - input();
      transpose(tile, skipped, inputTransposed, to, inputStride);
    }
  }

  private void transpose(Tile tile, int skipped, MemorySegment out, long to, int outRow) {
    Panel panel = tile.panel();
    long from = panel.at(tile.first() + skipped);
    kernels.transpose(
        tile.count() - skipped, panel.width(), packed, from, panel.width(), out, to, outRow);
  }

  /** Where the weights of a term from a gates' column on lie in the parameter vector. */
  private long place(int term, int column) {
    if (term < width) {
      return recurrent.offset() + (long) term * recurrentColumns + column;
    }
    if (term == one()) {
      return bias.offset() + column;
    }
    return input.offset() + (long) (term - input()) * inputColumns + column - inputColumn;
  }
}
