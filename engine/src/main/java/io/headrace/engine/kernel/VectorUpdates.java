package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.all;
import static io.headrace.engine.kernel.VectorWidth.load;
import static io.headrace.engine.kernel.VectorWidth.store;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Optimizer updates over whole vectors; each method does the vectors and returns how many elements
 * it did. The operations are those of the scalar twin, one by one.
 */
final class VectorUpdates {
  private VectorUpdates() {}

  static int sgd(
      int count,
      float rate,
      float decay,
      MemorySegment p,
      long offset,
      MemorySegment g,
      long gOffset) {
    FloatVector rates = all(rate);
    FloatVector decays = all(decay);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = load(p, offset + i);
      FloatVector slope = load(g, gOffset + i).add(decays.mul(value));
      store(value.sub(rates.mul(slope)), p, offset + i);
    }
    return i;
  }

  static int momentum(
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
    FloatVector rates = all(rate);
    FloatVector decays = all(decay);
    FloatVector momenta = all(momentum);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = load(p, offset + i);
      FloatVector slope = load(g, gOffset + i).add(decays.mul(value));
      FloatVector speed = momenta.mul(load(v, offset + i)).add(slope);
      store(speed, v, offset + i);
      FloatVector move = nesterov ? slope.add(momenta.mul(speed)) : speed;
      store(value.sub(rates.mul(move)), p, offset + i);
    }
    return i;
  }

  static int adagrad(
      int count,
      float rate,
      float epsilon,
      float decay,
      MemorySegment p,
      MemorySegment s,
      long offset,
      MemorySegment g,
      long gOffset) {
    FloatVector rates = all(rate);
    FloatVector decays = all(decay);
    FloatVector epsilons = all(epsilon);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = load(p, offset + i);
      FloatVector slope = load(g, gOffset + i).add(decays.mul(value));
      FloatVector sum = load(s, offset + i).add(slope.mul(slope));
      store(sum, s, offset + i);
      FloatVector move = rates.mul(slope).div(sum.sqrt().add(epsilons));
      store(value.sub(move), p, offset + i);
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
      MemorySegment p,
      MemorySegment m,
      MemorySegment v,
      long offset,
      MemorySegment g,
      long gOffset) {
    FloatVector decays = all(decay);
    FloatVector old1 = all(beta1);
    FloatVector new1 = all(1 - beta1);
    FloatVector old2 = all(beta2);
    FloatVector new2 = all(1 - beta2);
    FloatVector epsilons = all(epsilon);
    FloatVector rates = all(rate);
    FloatVector scales = all(scale);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = load(p, offset + i);
      FloatVector slope = load(g, gOffset + i).add(decays.mul(value));
      FloatVector mean = old1.mul(load(m, offset + i)).add(new1.mul(slope));
      FloatVector square = old2.mul(load(v, offset + i)).add(new2.mul(slope.mul(slope)));
      store(mean, m, offset + i);
      store(square, v, offset + i);
      FloatVector move = rates.mul(mean).div(scales.mul(square.sqrt()).add(epsilons));
      store(value.sub(move), p, offset + i);
    }
    return i;
  }

  static int ftrl(
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
    FloatVector zero = all(0);
    FloatVector alphas = all(alpha);
    FloatVector betas = all(beta);
    FloatVector l1s = all(l1);
    FloatVector minusL1s = all(-l1);
    FloatVector l2s = all(l2);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector slope = load(g, gOffset + i);
      FloatVector before = load(n, offset + i);
      FloatVector after = before.add(slope.mul(slope));
      FloatVector root = after.sqrt();
      FloatVector sigma = root.sub(before.sqrt()).div(alphas);
      FloatVector sum = load(z, offset + i).add(slope.sub(sigma.mul(load(p, offset + i))));
      store(after, n, offset + i);
      store(sum, z, offset + i);
      FloatVector near = l1s.blend(minusL1s, sum.compare(VectorOperators.LT, zero));
      FloatVector weight = near.sub(sum).div(betas.add(root).div(alphas).add(l2s));
      var small = sum.abs().compare(VectorOperators.LE, l1s);
      store(weight.blend(zero, small), p, offset + i);
    }
    return i;
  }
}
