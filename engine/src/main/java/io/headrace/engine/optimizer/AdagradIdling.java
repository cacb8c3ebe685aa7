package io.headrace.engine.optimizer;

import io.headrace.engine.memory.Floats;

/**
 * AdaGrad's weights without a gradient. Each has a rate of its own, by the root of its sum of
 * squares, which only the weight's own decay adds to: as a rule so little that a step at the mean
 * root stands for many. Immutable.
 */
record AdagradIdling(double rate, double epsilon, double penalty, double l1) implements Idling {
  /** Part of the sum of squares that a float cannot tell from nothing. */
  private static final double LOST = 0x1p-25;

  /** Parts by which sum of squares and weight may change in steps that are taken at once. */
  private static final double GROWTH = 5e-5;

  private static final double SHRINKAGE = 1e-2;

  /** Part of a weight that a step may take where many are taken at once. */
  private static final double STEP = 1e-3;

  /** A weight that nothing can tell from 0. */
  private static final double NOTHING = 1e-20;

  /** It differs from weight to weight. */
  @Override
  public double decay() {
    return 0;
  }

  @Override
  public void skip(ParameterBlock block, long at, int count, PastSteps steps, int from, int to) {
    for (long i = at; i < at + count; i++) {
      float weight = Floats.read(block.values(), i);
      if (weight != 0) {
        var state = new State(weight, Floats.read(block.slot(0), i));
        for (int step = from; step < to; ) {
          int taken = (int) Math.min(to - step, steps(state));
          state = after(state, taken, steps.between(step, step + taken));
          step += taken;
        }
        Floats.write(block.values(), i, (float) state.weight);
        Floats.write(block.slot(0), i, (float) state.sum);
      }
    }
  }

  /** A weight, and its sum of squares. */
  private record State(double weight, double sum) {}

  private double root(double sum) {
    return Math.sqrt(sum) + epsilon;
  }

  /** What the decay adds to the sum of squares in a step; 0 where a float would not tell. */
  private double added(State state) {
    double slope = penalty * state.weight;
    return slope * slope > LOST * state.sum ? slope * slope : 0;
  }

  /** Steps that may be taken at once, at least one. */
  private double steps(State state) {
    double part = rate * penalty / root(state.sum);
    double added = added(state);
    if (Math.abs(state.weight) < NOTHING || (part <= STEP && added == 0)) {
      return Double.POSITIVE_INFINITY;
    }
    return part > STEP ? 1 : Math.max(1, Math.min(GROWTH * state.sum / added, SHRINKAGE / part));
  }

  private State after(State state, int count, PastSteps.Sums sums) {
    double added = added(state);
    if (count == 1) {
      double sum = state.sum + added;
      double own = sums.rates() / root(sum);
      return new State(shrunk(state.weight * (1 - own * penalty), own * l1), sum);
    }
    double half = gone(penalty / root(state.sum), sums) / 2;
    double growth = count * added * (1 - half) * (1 - half);
    double root = root(state.sum + (growth + added) / 2); // each step adds before it divides
    double gone = gone(penalty / root, sums);
    double lost = penalty == 0 ? l1 * sums.rates() / root : l1 / penalty * gone;
    return new State(shrunk(state.weight - state.weight * gone, lost), state.sum + growth);
  }

  /** A weight that moves towards 0 and stops there. */
  private static double shrunk(double weight, double by) {
    return Math.copySign(Math.max(Math.abs(weight) - by, 0), weight);
  }

  /** Part of a weight that is gone after decay by {@code part} times the rate in each step. */
  private static double gone(double part, PastSteps.Sums sums) {
    return PastSteps.Sums.gone(-part * (sums.rates() + part * sums.squares() / 2));
  }
}
