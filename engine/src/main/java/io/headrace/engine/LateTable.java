package io.headrace.engine;

import io.headrace.engine.layer.LateRows;
import io.headrace.engine.layer.Parameter;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.ParameterBlock;
import java.util.Arrays;

/**
 * A table whose rows catch up when they are read. It looks again at nothing else, so that its cost
 * is that of the rows of a batch. Not thread-safe.
 */
final class LateTable implements LateRows {
  private static final int FEW = 256;

  private final OptimizerUpdates updates;
  private final CatchUp catchUp;
  private final Parameter parameter;
  private final int width;
  private final long stride;
  private int[] lent = new int[FEW];
  private int lentCount;
  private ParameterBlock kept = ParameterBlock.beside(Floats.allocate(0), 0);

  LateTable(OptimizerUpdates updates, CatchUp catchUp, Parameter parameter, int width) {
    this.updates = updates;
    this.catchUp = catchUp;
    this.parameter = parameter;
    this.width = width;
    this.stride = parameter.rowStride(width);
  }

  /** Floats of a row. */
  int width() {
    return width;
  }

  private long at(long row) {
    return parameter.offset() + row * stride;
  }

  @Override
  public void catchUp(int id) {
    long at = at(id);
    ParameterBlock block = updates.block();
    if (isLate(block, at)) {
      if (updates.isCopied()) {
        updates.beforeChange(at, width);
      }
      catchUp.bring(block, at, width);
    }
  }

  private boolean isLate(ParameterBlock block, long at) {
    return Floats.readInt(CatchUp.steps(block), at) != catchUp.past().count();
  }

  @Override
  public void lend(int id) {
    long at = at(id);
    ParameterBlock block = updates.block();
    if (!isLate(block, at)) {
      return;
    }
    makeRoom(block.slots().size());
    copy(block, at, kept, (long) lentCount * width);
    lent[lentCount++] = id;
    catchUp(id);
  }

  private void makeRoom(int slots) {
    if (lentCount == lent.length) {
      lent = Arrays.copyOf(lent, 2 * lent.length);
    }
    if (Floats.count(kept.values()) < (long) lent.length * width) {
      var larger = ParameterBlock.beside(Floats.allocate((long) lent.length * width), slots);
      for (int i = 0; i < lentCount; i++) {
        copy(kept, (long) i * width, larger, (long) i * width);
      }
      kept = larger;
    }
  }

  private void copy(ParameterBlock from, long fromIndex, ParameterBlock to, long toIndex) {
    Floats.copy(from.values(), fromIndex, to.values(), toIndex, width);
    for (int slot = 0; slot < to.slots().size(); slot++) {
      Floats.copy(from.slots().get(slot), fromIndex, to.slots().get(slot), toIndex, width);
    }
  }

  @Override
  public void putBack() {
    for (int i = 0; i < lentCount; i++) {
      copy(kept, (long) i * width, updates.block(), at(lent[i]));
    }
    lentCount = 0;
  }

  @Override
  public void joins(int id) {
    Floats.writeInt(CatchUp.steps(updates.block()), at(id), catchUp.past().count());
  }

  /** Takes all rows through the steps so far, which are counted anew from then on. */
  void settle() {
    ParameterBlock block = updates.block();
    for (long row = 0; row < parameter.count() / width; row++) {
      catchUp.bring(block, at(row), width);
      Floats.writeInt(CatchUp.steps(block), at(row), 0);
    }
  }
}
