package io.headrace.engine.optimizer;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Normalised adaptive gradient descent, NAG: Ross, Mineiro and Langford, "Normalized Online
 * Learning", 2013, algorithm 2. With the largest |x| so far of a feature in s and the sum of its
 * squared gradients in G, a weight moves by rate sqrt(t / N) g / (s sqrt(G)), where N sums (x /
 * s)^2 over all pairs of the t rows; and it shrinks as s grows, so that what the feature said stays
 * in proportion. What is learned is then the same in whatever units features come. Immutable.
 *
 * <p>It works on single rows only, because it has to see the values of their features.
 */
record NormalizedOptimizer(double rate) implements Optimizer {
  @Override
  public List<String> slots() {
    return List.of("squares", "scale");
  }

  @Override
  public void update(
      Kernels kernels,
      ParameterBlock block,
      long offset,
      MemorySegment gradients,
      long gradientOffset,
      int count,
      long step,
      double rateFactor) {
    throw new IllegalStateException("a normalised step needs the values of features");
  }

  @Override
  public boolean takesBatches() {
    return false;
  }

  @Override
  public Optional<RowUpdate> rowUpdate() {
    return Optional.of(new Row(rate));
  }

  private static final class Row implements RowUpdate.Rates {
    private final double rate;
    private float scaledRate;

    Row(double rate) {
      this.rate = rate;
    }

    @Override
    public void startRow(long step, double rateFactor) {
      scaledRate = (float) (rate * rateFactor);
    }

    @Override
    public float part(MemorySegment floats, long at, int apart, float x) {
      float size = Math.abs(x);
      float scale = read(floats, at + apart + apart);
      if (size > scale) {
        return 1;
      }
      return size == 0 ? 0 : size / scale;
    }

    @Override
    public float fitted(MemorySegment floats, long at, int apart, float x) {
      float size = Math.abs(x);
      float scale = read(floats, at + apart + apart);
      float weight = read(floats, at);
      return size > scale ? weight * (scale / size) : weight;
    }

    @Override
    public void meet(MemorySegment floats, long at, int apart, float x) {
      float size = Math.abs(x);
      long scaleAt = at + apart + apart;
      float scale = read(floats, scaleAt);
      if (size > scale) {
        write(floats, at, read(floats, at) * (scale / size));
        write(floats, scaleAt, size);
      }
    }

    @Override
    public float rate(MemorySegment floats, long at, int apart, float square) {
      long squaresAt = at + apart;
      float sum = read(floats, squaresAt) + square;
      write(floats, squaresAt, sum);
      float divisor = read(floats, squaresAt + apart) * (float) Math.sqrt(sum);
      return divisor > 0 ? scaledRate / divisor : 0;
    }
  }
}
