package io.headrace.engine.optimizer;

import io.headrace.engine.memory.Floats;

/**
 * Momentum without new gradients: each move is the part {@code momentum} of the one before.
 *
 * @param slot that has the momentum
 */
record MomentumFading(double rate, float momentum, int slot) implements Fading {
  @Override
  public boolean isOver(ParameterBlock block, long at, int count, long number) {
    double all = rate * momentum / (1 - momentum);
    for (long i = at; i < at + count; i++) {
      double move = all * Math.abs(Floats.read(block.slot(slot), i));
      if (!Fading.isLost(move, Floats.read(block.values(), i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void fade(ParameterBlock block, long at, int count, int steps) {
    double left = StrictMath.pow(momentum, steps);
    for (long i = at; i < at + count; i++) {
      Floats.write(block.slot(slot), i, (float) (left * Floats.read(block.slot(slot), i)));
    }
  }
}
