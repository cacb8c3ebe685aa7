package io.headrace.engine.optimizer;

import io.headrace.engine.memory.Floats;

/**
 * Weights that only their optimizer's memory moves, and a pull towards 0: by rate x decay of each,
 * then by rate x l1, stopping at 0. Of |w| + l1 / decay each step leaves the part 1 - rate x decay,
 * so that many steps are one product. Immutable.
 */
record PulledIdling(Fading fading, double decay, double l1) implements Idling {
  @Override
  public int skip(ParameterBlock block, long at, int count, PastSteps steps, int from, int to) {
    if (!fading.isOver(block, at, count, steps.number(from))) {
      return 0;
    }
    fading.fade(block, at, count, to - from);
    if (decay > 0 || l1 > 0) {
      pull(block, at, count, steps.between(from, to));
    }
    return to - from;
  }

  private void pull(ParameterBlock block, long at, int count, PastSteps.Sums sums) {
    double gone = sums.gone();
    double lost = l1 == 0 ? 0 : decay == 0 ? l1 * sums.rates() : l1 / decay * gone;
    for (long i = at; i < at + count; i++) {
      float weight = Floats.read(block.values(), i);
      double size = Math.abs((double) weight);
      double left = Math.max(size - size * gone - lost, 0);
      Floats.write(block.values(), i, Math.copySign((float) left, weight));
    }
  }
}
