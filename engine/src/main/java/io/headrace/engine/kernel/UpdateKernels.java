package io.headrace.engine.kernel;

import java.lang.foreign.MemorySegment;

/** Steps of optimizers and what bounds them, under the promises of {@link Kernels}. */
public interface UpdateKernels {
  /** x *= factor. */
  void scale(int count, float factor, MemorySegment x, long offset);

  /** x becomes no less than -limit and no more than limit; what is not a number stays so. */
  void clamp(int count, float limit, MemorySegment x, long offset);

  /** x moves by {@code threshold} towards 0, and stays at 0 when it gets there. */
  void shrink(int count, float threshold, MemorySegment x, long offset);

  /** Sum of x^2, whose order depends on {@code count} alone. */
  double squaredSum(int count, MemorySegment x, long offset);

  /** p -= rate (g + decay p). */
  void sgd(
      int count,
      float rate,
      float decay,
      MemorySegment p,
      long offset,
      MemorySegment g,
      long gOffset);

  /**
   * d = g + decay p; v = momentum v + d; p -= rate v, or rate (d + momentum v) with {@code
   * nesterov}.
   */
  void momentum(
      int count,
      float rate,
      float momentum,
      boolean nesterov,
      float decay,
      MemorySegment p,
      MemorySegment v,
      long offset,
      MemorySegment g,
      long gOffset);

  /**
   * d = g + decay p; s += d^2; p -= r d with r = rate / (sqrt(s) + epsilon); then p moves by r l1
   * towards 0, and stays at 0 when it gets there.
   */
  void adagrad(
      int count,
      float rate,
      float epsilon,
      float decay,
      float l1,
      MemorySegment p,
      MemorySegment s,
      long offset,
      MemorySegment g,
      long gOffset);

  /** d = g + decay p; s = keep s + (1 - keep) d^2; g = d / (sqrt(s) + epsilon). */
  void rmsNormalise(
      int count,
      float keep,
      float epsilon,
      float decay,
      MemorySegment p,
      MemorySegment s,
      long offset,
      MemorySegment g,
      long gOffset);

  /**
   * d = g + decay p; m = beta1 m + (1 - beta1) d; v = beta2 v + (1 - beta2) d^2; p -= rate m /
   * (scale sqrt(v) + epsilon). Bias corrections are in {@code rate} and {@code scale}.
   */
  void adam(
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
      long gOffset);

  /**
   * With r = 1 / alpha: z += g - (sqrt(n + g^2) - sqrt(n)) r p; n += g^2; p = 0 where |z| &lt;= l1,
   * elsewhere (sign(z) l1 - z) / ((beta + sqrt(n)) r + l2).
   */
  void ftrl(
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
      long gOffset);
}
