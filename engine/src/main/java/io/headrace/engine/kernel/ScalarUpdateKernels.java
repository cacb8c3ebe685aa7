package io.headrace.engine.kernel;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import java.lang.foreign.MemorySegment;

/** The steps of optimizers of {@link ScalarKernels}. */
interface ScalarUpdateKernels extends UpdateKernels {
  @Override
  default void scale(int count, float factor, MemorySegment x, long offset) {
    for (long i = offset; i < offset + count; i++) {
      write(x, i, read(x, i) * factor);
    }
  }

  @Override
  default void clamp(int count, float limit, MemorySegment x, long offset) {
    for (long i = offset; i < offset + count; i++) {
      write(x, i, Math.max(-limit, Math.min(limit, read(x, i))));
    }
  }

  @Override
  default void shrink(int count, float threshold, MemorySegment x, long offset) {
    for (long i = offset; i < offset + count; i++) {
      write(x, i, shrunk(read(x, i), threshold));
    }
  }

  /** x - threshold above it, x + threshold below its negative, 0 between. */
  private static float shrunk(float x, float threshold) {
    return Math.max(x - threshold, 0) + Math.min(x + threshold, 0);
  }

  @Override
  default double squaredSum(int count, MemorySegment x, long offset) {
    double even = 0; // two sums: the additions of one need not wait for those of the other
    double odd = 0;
    int i = 0;
    for (; i + 1 < count; i += 2) {
      double a = read(x, offset + i);
      double b = read(x, offset + i + 1);
      even += a * a;
      odd += b * b;
    }
    if (i < count) {
      double a = read(x, offset + i);
      even += a * a;
    }
    return even + odd;
  }

  @Override
  default void sgd(
      int count,
      float rate,
      float decay,
      MemorySegment p,
      long offset,
      MemorySegment g,
      long gOffset) {
    for (int i = 0; i < count; i++) {
      float value = read(p, offset + i);
      write(p, offset + i, value - rate * (read(g, gOffset + i) + decay * value));
    }
  }

  @Override
  default void momentum(
      int count,
      float rate,
      float momentum,
      boolean nesterov,
      float decay,
      MemorySegment p,
      MemorySegment v,
      long offset,
      MemorySegment g,
      long gOffset) {
    for (int i = 0; i < count; i++) {
      float value = read(p, offset + i);
      float slope = read(g, gOffset + i) + decay * value;
      float speed = momentum * read(v, offset + i) + slope;
      write(v, offset + i, speed);
      write(p, offset + i, value - rate * (nesterov ? slope + momentum * speed : speed));
    }
  }

  @Override
  default void adagrad(
      int count,
      float rate,
      float epsilon,
      float decay,
      float l1,
      MemorySegment p,
      MemorySegment s,
      long offset,
      MemorySegment g,
      long gOffset) {
    for (int i = 0; i < count; i++) {
      float value = read(p, offset + i);
      float slope = read(g, gOffset + i) + decay * value;
      float sum = read(s, offset + i) + slope * slope;
      write(s, offset + i, sum);
      float root = (float) Math.sqrt(sum) + epsilon;
      write(p, offset + i, shrunk(value - rate * slope / root, rate * l1 / root));
    }
  }

  @Override
  default void rmsNormalise(
      int count,
      float keep,
      float epsilon,
      float decay,
      MemorySegment p,
      MemorySegment s,
      long offset,
      MemorySegment g,
      long gOffset) {
    for (int i = 0; i < count; i++) {
      float slope = read(g, gOffset + i) + decay * read(p, offset + i);
      float square = keep * read(s, offset + i) + (1 - keep) * (slope * slope);
      write(s, offset + i, square);
      write(g, gOffset + i, slope / ((float) Math.sqrt(square) + epsilon));
    }
  }

  @Override
  default void adam(
      int count,
      float rate,
      float scale,
      float beta1,
      float beta2,
      float epsilon,
      float decay,
      MemorySegment p,
      MemorySegment m,
      MemorySegment v,
      long offset,
      MemorySegment g,
      long gOffset) {
    for (int i = 0; i < count; i++) {
      float value = read(p, offset + i);
      float slope = read(g, gOffset + i) + decay * value;
      float mean = beta1 * read(m, offset + i) + (1 - beta1) * slope;
      float square = beta2 * read(v, offset + i) + (1 - beta2) * (slope * slope);
      write(m, offset + i, mean);
      write(v, offset + i, square);
      write(p, offset + i, value - rate * mean / (scale * (float) Math.sqrt(square) + epsilon));
    }
  }

  @Override
  default void ftrl(
      int count,
      float alpha,
      float beta,
      float l1,
      float l2,
      MemorySegment p,
      MemorySegment z,
      MemorySegment n,
      long offset,
      MemorySegment g,
      long gOffset) {
    float perAlpha = 1 / alpha;
    for (int i = 0; i < count; i++) {
      float slope = read(g, gOffset + i);
      float before = read(n, offset + i);
      float after = before + slope * slope;
      float root = (float) Math.sqrt(after);
      float sigma = (root - (float) Math.sqrt(before)) * perAlpha;
      float sum = read(z, offset + i) + (slope - sigma * read(p, offset + i));
      write(n, offset + i, after);
      write(z, offset + i, sum);
      float beyond = Math.copySign(l1, sum) - sum;
      write(p, offset + i, Math.abs(sum) <= l1 ? 0 : beyond / ((beta + root) * perAlpha + l2));
    }
  }
}
