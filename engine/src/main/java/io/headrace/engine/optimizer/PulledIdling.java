package io.headrace.engine.optimizer;

/**
 * Weights that only their optimizer's memory moves, and a pull towards 0. As long as the memory
 * moves a weight by what it can tell, steps are taken one by one, then all at once. Immutable.
 */
record PulledIdling(Fading fading, Pull pull) implements Idling {
  @Override
  public double decay() {
    return pull.decay();
  }

  @Override
  public void skip(ParameterBlock block, long at, int count, PastSteps steps, int from, int to) {
    for (long i = at; i < at + count; i++) {
      int walked = fading.walk(block, i, steps, from, to, pull);
      if (walked < to) {
        fading.fade(block, i, to - walked);
        pull.pull(block, i, steps.between(walked, to));
      }
    }
  }
}
