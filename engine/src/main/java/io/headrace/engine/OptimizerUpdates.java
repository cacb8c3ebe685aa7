package io.headrace.engine;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.layer.Parameter;
import io.headrace.engine.layer.Parameters;
import io.headrace.engine.layer.Updates;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.Optimizer;
import io.headrace.engine.optimizer.ParameterBlock;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The optimizer at work on a model's parameters, with its slots beside them. */
final class OptimizerUpdates implements Updates {
  /** Floats of a row from which on a block copy pays. */
  private static final int LONG_ROW = 16;

  private final Kernels kernels;
  private final Optimizer optimizer;
  private @Nullable ParameterBlock block;
  private long step;

  OptimizerUpdates(Kernels kernels, Optimizer optimizer) {
    this.kernels = kernels;
    this.optimizer = optimizer;
  }

  /** Allocates the slots; called once, after the parameters have their first values. */
  void allocate(Parameters parameters) {
    var beside = ParameterBlock.beside(parameters.values(), optimizer.slots().size());
    optimizer.start(beside, parameters.size());
    block = beside;
  }

  ParameterBlock block() {
    return Objects.requireNonNull(block);
  }

  Optimizer optimizer() {
    return optimizer;
  }

  /** Says which step the updates that follow belong to, counted from 1. */
  void startStep(long number) {
    step = number;
  }

  @Override
  public void apply(MemorySegment gradients, long gradientOffset, long offset, int count) {
    optimizer.update(kernels, block(), offset, gradients, gradientOffset, count, step);
  }

  @Override
  public RowUpdates rows(Parameter parameter, int rowWidth) {
    return new CompactRows(parameter, rowWidth);
  }

  /**
   * Gathers the touched rows of parameters and slots side by side, updates them as one range, and
   * scatters them back: every optimizer is sparse without knowing it.
   */
  private final class CompactRows implements RowUpdates {
    private final Parameter parameter;
    private final int width;
    private ParameterBlock compact = ParameterBlock.beside(Floats.allocate(0), 0);
    private long capacity;

    CompactRows(Parameter parameter, int width) {
      this.parameter = parameter;
      this.width = width;
    }

    @Override
    public void apply(int[] ids, int count, MemorySegment gradients) {
      int slots = block().slots().size();
      if ((long) count * width > capacity) {
        capacity = Long.highestOneBit((long) count * width) << 1;
        compact = ParameterBlock.beside(Floats.allocate(capacity), slots);
      }
      gather(block().values(), ids, count, compact.values());
      for (int slot = 0; slot < slots; slot++) {
        gather(block().slots().get(slot), ids, count, compact.slots().get(slot));
      }
      optimizer.update(kernels, compact, 0, gradients, 0, count * width, step);
      scatter(compact.values(), ids, count, block().values());
      for (int slot = 0; slot < slots; slot++) {
        scatter(compact.slots().get(slot), ids, count, block().slots().get(slot));
      }
    }

    private void gather(MemorySegment table, int[] ids, int count, MemorySegment into) {
      long to = 0;
      for (int i = 0; i < count; i++) {
        long from = parameter.offset() + (long) ids[i] * width;
        copy(table, from, into, to);
        to += width;
      }
    }

    private void scatter(MemorySegment rows, int[] ids, int count, MemorySegment into) {
      long from = 0;
      for (int i = 0; i < count; i++) {
        long to = parameter.offset() + (long) ids[i] * width;
        copy(rows, from, into, to);
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
  }
}
