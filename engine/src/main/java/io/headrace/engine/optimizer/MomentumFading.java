package io.headrace.engine.optimizer;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

/**
 * Momentum without new gradients: each move is the part {@code momentum} of the one before.
 *
 * @param nesterov whether a move is by the momentum of the step after it
 * @param slot that has the momentum
 */
record MomentumFading(double rate, float momentum, boolean nesterov, int slot) implements Fading {
  @Override
  public int walk(ParameterBlock block, long at, PastSteps steps, int from, int to, Pull pull) {
    float weight = read(block.values(), at);
    float speed = read(block.slot(slot), at);
    double all = rate * momentum / (1 - momentum);
    int step = from;
    boolean over = false;
    for (int run = steps.run(from); step < to && !over; run++) {
      double runRate = rate * steps.factorOf(run);
      float scaled = (float) runRate;
      float kept = pull.kept(runRate);
      float lost = pull.lost(runRate);
      int end = Math.min(to, steps.endOf(run));
      while (step < end) {
        over = (step - from) % STEPS_BETWEEN == 0 && Fading.isLost(all * Math.abs(speed), weight);
        if (over) {
          break;
        }
        speed *= momentum;
        float move = scaled * (nesterov ? momentum * speed : speed);
        weight = Pull.pulled(kept * weight - move, lost);
        step++;
      }
    }
    write(block.values(), at, weight);
    write(block.slot(slot), at, speed);
    return step;
  }

  @Override
  public void fade(ParameterBlock block, long at, int steps) {
    Fading.fade(block.slot(slot), at, momentum, steps);
  }
}
