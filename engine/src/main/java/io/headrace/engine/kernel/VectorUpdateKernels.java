package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorKernels.REST;
import static io.headrace.engine.kernel.VectorMemory.at;
import static io.headrace.engine.kernel.VectorMemory.keep;

import java.lang.foreign.MemorySegment;

/** The steps of optimizers of {@link VectorKernels}. */
interface VectorUpdateKernels extends UpdateKernels {
  @Override
  default void scale(int count, float factor, MemorySegment x, long offset) {

    int done =
        count < VectorWidth.LANES ? 0 : VectorUpdates.scale(count, factor, at(x, offset, count));

    if (done < count) {
      REST.scale(count - done, factor, x, offset + done);
    }
    keep(x);
  }

  @Override
  default void clamp(int count, float limit, MemorySegment x, long offset) {

    int done =
        count < VectorWidth.LANES ? 0 : VectorUpdates.clamp(count, limit, at(x, offset, count));

    if (done < count) {
      REST.clamp(count - done, limit, x, offset + done);
    }
    keep(x);
  }

  @Override
  default void shrink(int count, float threshold, MemorySegment x, long offset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorUpdates.shrink(count, threshold, at(x, offset, count));

    if (done < count) {
      REST.shrink(count - done, threshold, x, offset + done);
    }
    keep(x);
  }

  /** Double precision, once a step at most: not worth vectors. */
  @Override
  default double squaredSum(int count, MemorySegment x, long offset) {
    return REST.squaredSum(count, x, offset);
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

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorUpdates.sgd(count, rate, decay, at(p, offset, count), at(g, gOffset, count));

    if (done < count) {
      REST.sgd(count - done, rate, decay, p, offset + done, g, gOffset + done);
    }
    keep(p, g);
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

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorUpdates.momentum(
                count,
                rate,
                momentum,
                nesterov,
                decay,
                at(p, offset, count),
                at(v, offset, count),
                at(g, gOffset, count));

    if (done < count) {
      REST.momentum(
          count - done, rate, momentum, nesterov, decay, p, v, offset + done, g, gOffset + done);
    }
    keep(p, v, g);
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

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorUpdates.adagrad(
                count,
                rate,
                epsilon,
                decay,
                l1,
                at(p, offset, count),
                at(s, offset, count),
                at(g, gOffset, count));

    if (done < count) {
      REST.adagrad(count - done, rate, epsilon, decay, l1, p, s, offset + done, g, gOffset + done);
    }
    keep(p, s, g);
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

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorUpdates.rmsNormalise(
                count,
                keep,
                epsilon,
                decay,
                at(p, offset, count),
                at(s, offset, count),
                at(g, gOffset, count));

    if (done < count) {
      REST.rmsNormalise(count - done, keep, epsilon, decay, p, s, offset + done, g, gOffset + done);
    }
    keep(p, s, g);
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

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorUpdates.adam(
                count,
                rate,
                scale,
                beta1,
                beta2,
                epsilon,
                decay,
                at(p, offset, count),
                at(m, offset, count),
                at(v, offset, count),
                at(g, gOffset, count));

    if (done < count) {
      REST.adam(
          count - done,
          rate,
          scale,
          beta1,
          beta2,
          epsilon,
          decay,
          p,
          m,
          v,
          offset + done,
          g,
          gOffset + done);
    }
    keep(p, m, v, g);
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

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorUpdates.ftrl(
                count,
                alpha,
                beta,
                l1,
                l2,
                at(p, offset, count),
                at(z, offset, count),
                at(n, offset, count),
                at(g, gOffset, count));

    if (done < count) {
      REST.ftrl(count - done, alpha, beta, l1, l2, p, z, n, offset + done, g, gOffset + done);
    }
    keep(p, z, n, g);
  }
}
