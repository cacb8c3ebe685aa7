package io.headrace.perf.peers;

/** A side that is driven step by step, without anything between the steps. */
record SteppedContestant(Side side, int threads, Stepper stepper) implements Contestant {
  private static final int UNTIMED_STEPS = 3;

  @Override
  public double samplesPerSecond(double seconds) {
    stepper.reset();
    int steps = 0;
    while (steps < UNTIMED_STEPS) {
      stepper.step(steps++);
    }
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    long now = start;
    while (now < end) {
      stepper.step(steps++);
      now = System.nanoTime();
    }
    return (steps - UNTIMED_STEPS) * (double) Net.BATCH * 1e9 / (now - start);
  }
}
