package io.headrace.engine.optimizer;

import io.headrace.engine.memory.Floats;

/**
 * A pull of weights towards 0: in each step by rate x decay of a weight before it is moved, and by
 * rate x l1 after that, stopping at 0. Of |w| + l1 / decay a step leaves the part 1 - rate x decay,
 * so that many steps of a weight that nothing else moves are one product. Immutable.
 */
record Pull(double decay, double l1) {
  /** Part of a weight that a step leaves before it moves it. */
  float kept(double rate) {
    return (float) (1 - rate * decay);
  }

  /** How far a step pulls a weight after it moved it. */
  float lost(double rate) {
    return (float) (rate * l1);
  }

  /** A weight after a step has pulled it by {@code lost}. */
  static float pulled(float weight, float lost) {
    return lost == 0 ? weight : Math.copySign(Math.max(Math.abs(weight) - lost, 0), weight);
  }

  /** Pulls the weight at {@code at}, which nothing else moves, in all of some steps. */
  void pull(ParameterBlock block, long at, PastSteps.Sums sums) {
    if (decay == 0 && l1 == 0) {
      return;
    }
    double gone = sums.gone();
    double lost = l1 == 0 ? 0 : decay == 0 ? l1 * sums.rates() : l1 / decay * gone;
    float weight = Floats.read(block.values(), at);
    double size = Math.abs((double) weight);
    double left = Math.max(size - size * gone - lost, 0);
    Floats.write(block.values(), at, Math.copySign((float) left, weight));
  }
}
