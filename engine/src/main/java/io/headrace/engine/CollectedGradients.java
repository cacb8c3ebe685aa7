package io.headrace.engine;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.layer.Parameter;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradient of a whole step, kept until its norm is known, in parts that depend on the model
 * alone: their squares are summed in the order of the parts, whatever the threads. Workers may
 * write to it at once where ranges do not overlap.
 */
final class CollectedGradients {
  private static final int PART_FLOATS = 1 << 14;

  private final OptimizerUpdates updates;
  private final Kernels kernels;
  private final MemorySegment gradients;
  private final Part[] parts;
  private final double[] squares;
  private final WorkerTeam.Phase measure = this::measure;
  private final WorkerTeam.Phase apply = this::apply;
  private float scale;

  /** A part of the gradient. */
  interface Part {
    double squaredSum();

    /** Multiplies the part by {@code scale}, updates its parameters, and forgets it. */
    void update(float scale);
  }

  /**
   * @param size floats of the parameter vector
   * @param dense parameters that every step updates as a whole
   * @param tables those of which a step updates some rows
   */
  CollectedGradients(
      OptimizerUpdates updates, long size, List<Parameter> dense, List<CompactRows> tables) {
    this.updates = updates;
    this.kernels = updates.kernels();
    this.gradients = Floats.allocate(size);
    List<Part> all = new ArrayList<>(tables);
    for (Parameter parameter : dense) {
      long end = parameter.offset() + parameter.rows() * parameter.stride();
      for (long from = parameter.offset(); from < end; from += PART_FLOATS) {
        all.add(new Range(from, (int) Math.min(PART_FLOATS, end - from)));
      }
    }
    this.parts = all.toArray(Part[]::new);
    this.squares = new double[parts.length];
  }

  void keep(MemorySegment from, long fromOffset, long offset, int count) {
    Floats.copy(from, fromOffset, gradients, offset, count);
  }

  /**
   * Updates all parameters with the gradient, scaled to a norm of {@code limit} if it is longer.
   */
  void apply(WorkerTeam team, double limit) {
    team.run(parts.length, measure);
    double sum = 0;
    for (double square : squares) {
      sum += square;
    }
    double norm = Math.sqrt(sum);
    scale = norm > limit ? (float) (limit / norm) : 1;
    team.run(parts.length, apply);
  }

  private void measure(int part, MemorySegment scratch) {
    squares[part] = parts[part].squaredSum();
  }

  private void apply(int part, MemorySegment scratch) {
    parts[part].update(scale);
  }

  /** A range of the parameter vector. */
  private final class Range implements Part {
    private final long offset;
    private final int count;

    Range(long offset, int count) {
      this.offset = offset;
      this.count = count;
    }

    @Override
    public double squaredSum() {
      return kernels.squaredSum(count, gradients, offset);
    }

    @Override
    public void update(float factor) {
      kernels.scale(count, factor, gradients, offset);
      updates.update(offset, gradients, offset, count);
      Floats.fill(gradients, offset, count, 0);
    }
  }
}
