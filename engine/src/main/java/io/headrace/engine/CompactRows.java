package io.headrace.engine;

import io.headrace.engine.layer.Parameter;
import io.headrace.engine.layer.Updates;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.ParameterBlock;
import java.lang.foreign.MemorySegment;

/**
 * Gathers the touched rows of parameters and slots side by side, updates them as one range, and
 * scatters them back: every optimizer is sparse without knowing it. Where gradients are collected,
 * it keeps rows and gradients until their norm is known.
 */
final class CompactRows implements Updates.RowUpdates, CollectedGradients.Part {
  /** Floats of a row from which on a block copy pays. */
  private static final int LONG_ROW = 16;

  private final OptimizerUpdates updates;
  private final Parameter parameter;
  private final int width;
  private ParameterBlock compact = ParameterBlock.beside(Floats.allocate(0), 0);
  private MemorySegment keptGradients = Floats.allocate(0);
  private int[] keptIds = new int[0];
  private int kept;

  CompactRows(OptimizerUpdates updates, Parameter parameter, int width) {
    this.updates = updates;
    this.parameter = parameter;
    this.width = width;
  }

  @Override
  public void apply(int[] ids, int count, MemorySegment gradients) {
    updates.cut(gradients, 0, count * width);
    if (updates.collects()) {
      keep(ids, count, gradients);
    } else {
      update(ids, count, gradients);
    }
  }

  private void keep(int[] ids, int count, MemorySegment gradients) {
    if (keptIds.length < count) {
      keptIds = new int[capacity(count)];
      keptGradients = Floats.allocate((long) keptIds.length * width);
    }
    System.arraycopy(ids, 0, keptIds, 0, count);
    Floats.copy(gradients, 0, keptGradients, 0, (long) count * width);
    kept = count;
  }

  @Override
  public double squaredSum() {
    return updates.kernels().squaredSum(kept * width, keptGradients, 0);
  }

  @Override
  public void update(float scale) {
    updates.kernels().scale(kept * width, scale, keptGradients, 0);
    update(keptIds, kept, keptGradients);
    kept = 0;
  }

  @Override
  public void addTo(MemorySegment sum, float scale) {
    for (int i = 0; scale > 0 && i < kept; i++) {
      long to = parameter.offset() + (long) keptIds[i] * width;
      updates.kernels().addScaled(width, scale, keptGradients, (long) i * width, sum, to);
    }
    kept = 0;
  }

  private void update(int[] ids, int count, MemorySegment gradients) {
    if (count == 0) { // nothing of this part was in the batch, perhaps never yet
      return;
    }
    ParameterBlock block = updates.block();
    int slots = block.slots().size();
    if ((long) count * width > Floats.count(compact.values())) {
      compact = ParameterBlock.beside(Floats.allocate((long) capacity(count) * width), slots);
    }
    gather(block.values(), ids, count, compact.values());
    for (int slot = 0; slot < slots; slot++) {
      gather(block.slots().get(slot), ids, count, compact.slots().get(slot));
    }
    updates.update(compact, 0, gradients, 0, count * width);
    updates.markJoined(compact, count, width);
    if (updates.isCopied()) {
      for (int i = 0; i < count; i++) {
        updates.beforeChange(parameter.offset() + (long) ids[i] * width, width);
      }
    }
    scatter(compact.values(), ids, count, block.values());
    for (int slot = 0; slot < slots; slot++) {
      scatter(compact.slots().get(slot), ids, count, block.slots().get(slot));
    }
  }

  private static int capacity(int count) {
    return Integer.highestOneBit(count) << 1;
  }

  private void gather(MemorySegment table, int[] ids, int count, MemorySegment into) {
    long to = 0;
    for (int i = 0; i < count; i++) {
      copy(table, parameter.offset() + (long) ids[i] * width, into, to);
      to += width;
    }
  }

  private void scatter(MemorySegment rows, int[] ids, int count, MemorySegment into) {
    long from = 0;
    for (int i = 0; i < count; i++) {
      copy(rows, from, into, parameter.offset() + (long) ids[i] * width);
      from += width;
    }
  }

  private void copy(MemorySegment from, long fromIndex, MemorySegment to, long toIndex) {
    if (width >= LONG_ROW) {
      Floats.copy(from, fromIndex, to, toIndex, width);
      return;
    }
    for (int j = 0; j < width; j++) {
      Floats.write(to, toIndex + j, Floats.read(from, fromIndex + j));
    }
  }

  /** Whether the rows are of {@code other}. */
  boolean isOf(Parameter other) {
    return parameter.offset() == other.offset();
  }
}
