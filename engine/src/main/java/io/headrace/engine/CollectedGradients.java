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
  private final WorkerTeam.Phase add = this::add;
  private MemorySegment sum = MemorySegment.NULL;
  private float scale;

  /** A part of the gradient. */
  interface Part {
    double squaredSum();

    /** Multiplies the part by {@code scale}, updates its parameters, and forgets it. */
    void update(float scale);

    /** Adds {@code scale} times the part to where it belongs in {@code sum}, and forgets it. */
    void addTo(MemorySegment sum, float scale);
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
   *
   * @return its norm before that
   */
  double apply(WorkerTeam team, double limit) {
    double norm = norm(team);
    scale = scaleTo(limit, norm);
    team.run(parts.length, apply);
    return norm;
  }

  /**
   * Adds the gradient to {@code into}, a vector of its size, scaled to a norm of {@code limit} if
   * it is longer.
   *
   * @return false if its norm is no finite number; then nothing is added
   */
  boolean addTo(WorkerTeam team, MemorySegment into, double limit) {
    double norm = norm(team);
    boolean sound = Double.isFinite(norm);
    sum = into;
    scale = sound ? scaleTo(limit, norm) : 0;
    team.run(parts.length, add);
    return sound;
  }

  private double norm(WorkerTeam team) {
    team.run(parts.length, measure);
    double squared = 0;
    for (double square : squares) {
      squared += square;
    }
    return Math.sqrt(squared);
  }

  private static float scaleTo(double limit, double norm) {
    return norm > limit ? (float) (limit / norm) : 1;
  }

  private void measure(int part, MemorySegment scratch) {
    squares[part] = parts[part].squaredSum();
  }

  private void apply(int part, MemorySegment scratch) {
    parts[part].update(scale);
  }

  private void add(int part, MemorySegment scratch) {
    parts[part].addTo(sum, scale);
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

    @Override
    public void addTo(MemorySegment into, float factor) {
      if (factor > 0) {
        kernels.addScaled(count, factor, gradients, offset, into, offset);
      }
      Floats.fill(gradients, offset, count, 0);
    }
  }
}
