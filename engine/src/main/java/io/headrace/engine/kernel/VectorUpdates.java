package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorMemory.MEMORY;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Optimizer updates over whole vectors; each method does the vectors and returns how many elements
 * it did. The operations are those of the scalar twin, one by one.
 */
final class VectorUpdates {
  private VectorUpdates() {}

  static int scale(int count, float factor, long x) {
    FloatVector factors = FloatVector.broadcast(SPECIES, factor);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (x + i) << 2, ORDER)
          .mul(factors)
          .intoMemorySegment(MEMORY, (x + i) << 2, ORDER);
    }
    return i;
  }

  static int clamp(int count, float limit, long x) {
    FloatVector most = FloatVector.broadcast(SPECIES, limit);
    FloatVector least = FloatVector.broadcast(SPECIES, -limit);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (x + i) << 2, ORDER)
          .min(most)
          .max(least)
          .intoMemorySegment(MEMORY, (x + i) << 2, ORDER);
    }
    return i;
  }

  static int shrink(int count, float threshold, long x) {
    FloatVector zero = FloatVector.broadcast(SPECIES, 0);
    FloatVector thresholds = FloatVector.broadcast(SPECIES, threshold);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = FloatVector.fromMemorySegment(SPECIES, MEMORY, (x + i) << 2, ORDER);
      value
          .sub(thresholds)
          .max(zero)
          .add(value.add(thresholds).min(zero))
          .intoMemorySegment(MEMORY, (x + i) << 2, ORDER);
    }
    return i;
  }

  static int sgd(int count, float rate, float decay, long p, long g) {
    FloatVector rates = FloatVector.broadcast(SPECIES, rate);
    FloatVector decays = FloatVector.broadcast(SPECIES, decay);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = FloatVector.fromMemorySegment(SPECIES, MEMORY, (p + i) << 2, ORDER);
      FloatVector slope =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (g + i) << 2, ORDER)
              .add(decays.mul(value));
      value.sub(rates.mul(slope)).intoMemorySegment(MEMORY, (p + i) << 2, ORDER);
    }
    return i;
  }

  static int momentum(
      int count,
      float rate,
      float momentum,
      boolean nesterov,
      float decay,
      long p,
      long v,
      long g) {
    FloatVector rates = FloatVector.broadcast(SPECIES, rate);
    FloatVector decays = FloatVector.broadcast(SPECIES, decay);
    FloatVector momenta = FloatVector.broadcast(SPECIES, momentum);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = FloatVector.fromMemorySegment(SPECIES, MEMORY, (p + i) << 2, ORDER);
      FloatVector slope =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (g + i) << 2, ORDER)
              .add(decays.mul(value));
      FloatVector speed =
          momenta
              .mul(FloatVector.fromMemorySegment(SPECIES, MEMORY, (v + i) << 2, ORDER))
              .add(slope);
      speed.intoMemorySegment(MEMORY, (v + i) << 2, ORDER);
      FloatVector move = nesterov ? slope.add(momenta.mul(speed)) : speed;
      value.sub(rates.mul(move)).intoMemorySegment(MEMORY, (p + i) << 2, ORDER);
    }
    return i;
  }

  static int adagrad(
      int count, float rate, float epsilon, float decay, float l1, long p, long s, long g) {
    FloatVector rates = FloatVector.broadcast(SPECIES, rate);
    FloatVector decays = FloatVector.broadcast(SPECIES, decay);
    FloatVector epsilons = FloatVector.broadcast(SPECIES, epsilon);
    FloatVector penalties = FloatVector.broadcast(SPECIES, rate * l1);
    FloatVector zero = FloatVector.broadcast(SPECIES, 0);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = FloatVector.fromMemorySegment(SPECIES, MEMORY, (p + i) << 2, ORDER);
      FloatVector slope =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (g + i) << 2, ORDER)
              .add(decays.mul(value));
      FloatVector sum =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (s + i) << 2, ORDER).add(slope.mul(slope));
      sum.intoMemorySegment(MEMORY, (s + i) << 2, ORDER);
      FloatVector root = sum.sqrt().add(epsilons);
      FloatVector moved = value.sub(rates.mul(slope).div(root));
      FloatVector threshold = penalties.div(root);
      moved
          .sub(threshold)
          .max(zero)
          .add(moved.add(threshold).min(zero))
          .intoMemorySegment(MEMORY, (p + i) << 2, ORDER);
    }
    return i;
  }

  static int rmsNormalise(
      int count, float keep, float epsilon, float decay, long p, long s, long g) {
    FloatVector decays = FloatVector.broadcast(SPECIES, decay);
    FloatVector old = FloatVector.broadcast(SPECIES, keep);
    FloatVector fresh = FloatVector.broadcast(SPECIES, 1 - keep);
    FloatVector epsilons = FloatVector.broadcast(SPECIES, epsilon);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector slope =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (g + i) << 2, ORDER)
              .add(decays.mul(FloatVector.fromMemorySegment(SPECIES, MEMORY, (p + i) << 2, ORDER)));
      FloatVector square =
          old.mul(FloatVector.fromMemorySegment(SPECIES, MEMORY, (s + i) << 2, ORDER))
              .add(fresh.mul(slope.mul(slope)));
      square.intoMemorySegment(MEMORY, (s + i) << 2, ORDER);
      slope.div(square.sqrt().add(epsilons)).intoMemorySegment(MEMORY, (g + i) << 2, ORDER);
    }
    return i;
  }

  static int adam(
      int count,
      float rate,
      float scale,
      float beta1,
      float beta2,
      float epsilon,
      float decay,
      long p,
      long m,
      long v,
      long g) {
    FloatVector decays = FloatVector.broadcast(SPECIES, decay);
    FloatVector old1 = FloatVector.broadcast(SPECIES, beta1);
    FloatVector new1 = FloatVector.broadcast(SPECIES, 1 - beta1);
    FloatVector old2 = FloatVector.broadcast(SPECIES, beta2);
    FloatVector new2 = FloatVector.broadcast(SPECIES, 1 - beta2);
    FloatVector epsilons = FloatVector.broadcast(SPECIES, epsilon);
    FloatVector rates = FloatVector.broadcast(SPECIES, rate);
    FloatVector scales = FloatVector.broadcast(SPECIES, scale);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = FloatVector.fromMemorySegment(SPECIES, MEMORY, (p + i) << 2, ORDER);
      FloatVector slope =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (g + i) << 2, ORDER)
              .add(decays.mul(value));
      FloatVector mean =
          old1.mul(FloatVector.fromMemorySegment(SPECIES, MEMORY, (m + i) << 2, ORDER))
              .add(new1.mul(slope));
      FloatVector square =
          old2.mul(FloatVector.fromMemorySegment(SPECIES, MEMORY, (v + i) << 2, ORDER))
              .add(new2.mul(slope.mul(slope)));
      mean.intoMemorySegment(MEMORY, (m + i) << 2, ORDER);
      square.intoMemorySegment(MEMORY, (v + i) << 2, ORDER);
      FloatVector move = rates.mul(mean).div(scales.mul(square.sqrt()).add(epsilons));
      value.sub(move).intoMemorySegment(MEMORY, (p + i) << 2, ORDER);
    }
    return i;
  }

  static int ftrl(
      int count, float alpha, float beta, float l1, float l2, long p, long z, long n, long g) {
    FloatVector zero = FloatVector.broadcast(SPECIES, 0);
    FloatVector perAlphas = FloatVector.broadcast(SPECIES, 1 / alpha);
    FloatVector betas = FloatVector.broadcast(SPECIES, beta);
    FloatVector l1s = FloatVector.broadcast(SPECIES, l1);
    FloatVector minusL1s = FloatVector.broadcast(SPECIES, -l1);
    FloatVector l2s = FloatVector.broadcast(SPECIES, l2);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector slope = FloatVector.fromMemorySegment(SPECIES, MEMORY, (g + i) << 2, ORDER);
      FloatVector before = FloatVector.fromMemorySegment(SPECIES, MEMORY, (n + i) << 2, ORDER);
      FloatVector after = before.add(slope.mul(slope));
      FloatVector root = after.sqrt();
      FloatVector sigma = root.sub(before.sqrt()).mul(perAlphas);
      FloatVector sum =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (z + i) << 2, ORDER)
              .add(
                  slope.sub(
                      sigma.mul(
                          FloatVector.fromMemorySegment(SPECIES, MEMORY, (p + i) << 2, ORDER))));
      after.intoMemorySegment(MEMORY, (n + i) << 2, ORDER);
      sum.intoMemorySegment(MEMORY, (z + i) << 2, ORDER);
      FloatVector near = l1s.blend(minusL1s, sum.compare(VectorOperators.LT, zero));
      FloatVector weight = near.sub(sum).div(betas.add(root).mul(perAlphas).add(l2s));
      var small = sum.abs().compare(VectorOperators.LE, l1s);
      weight.blend(zero, small).intoMemorySegment(MEMORY, (p + i) << 2, ORDER);
    }
    return i;
  }
}
