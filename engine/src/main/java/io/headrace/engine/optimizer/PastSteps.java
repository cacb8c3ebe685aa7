package io.headrace.engine.optimizer;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The steps that a model has taken, as a row needs them that was absent from some: how many, their
 * numbers and their rates. Steps of one rate make a run; sums kept for each run give any span by
 * two look-ups (the cache of Lipton and Elkan, "Efficient Elastic Net Regularization for Sparse
 * Linear Models", 2015). Not thread-safe.
 */
public final class PastSteps {
  /** Steps to which a row's count of them stays a number when it is read as a float. */
  private static final int MOST = 1 << 30;

  private static final int MOST_RUNS = 1 << 17;
  private static final String COUNT = "count";
  private static final String STARTS = "starts";
  private static final String NUMBERS = "numbers";
  private static final String FACTORS = "factors";
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final double rate;
  private final double decay;
  private int count;
  private int runs;
  private long[] starts = new long[8];
  private long[] numbers = new long[8];
  private double[] factors = new double[8];
  private Sums[] each = new Sums[8];
  private Sums[] before = new Sums[8];

  /**
   * What some steps in turn add up to.
   *
   * @param logKept logarithm of the part of a weight that their decay leaves
   * @param rates sum of their learning rates
   * @param squares sum of the squares of these
   */
  record Sums(double logKept, double rates, double squares) {
    private static final Sums NONE = new Sums(0, 0, 0);

    /** Part of a weight that the decay of these steps takes. */
    double gone() {
      return gone(logKept);
    }

    /** Part of a weight that is gone if {@code logKept} is the logarithm of what is left. */
    static double gone(double logKept) {
      return logKept > -1e-3
          ? -logKept * (1 + logKept / 2 * (1 + logKept / 3 * (1 + logKept / 4)))
          : -StrictMath.expm1(logKept);
    }

    private Sums times(double count) {
      return new Sums(count * logKept, count * rates, count * squares);
    }

    private Sums plus(Sums other) {
      return new Sums(logKept + other.logKept, rates + other.rates, squares + other.squares);
    }

    private Sums minus(Sums other) {
      return new Sums(logKept - other.logKept, rates - other.rates, squares - other.squares);
    }
  }

  /**
   * None yet.
   *
   * @param rate learning rate as it was set
   * @param decay part of a weight that a step at a rate of 1 would take
   */
  public PastSteps(double rate, double decay) {
    this.rate = rate;
    this.decay = decay;
  }

  /** Steps taken. */
  public int count() {
    return count;
  }

  /** Whether no more can be added until it is cleared. */
  public boolean isFull() {
    return count == MOST || runs == MOST_RUNS;
  }

  /** Forgets all steps. */
  public void clear() {
    count = 0;
    runs = 0;
  }

  /**
   * Adds a step.
   *
   * @param number its number, as optimizers know it
   * @param factor what the learning rate is multiplied by in it
   */
  public void add(long number, double factor) {
    if (runs == 0 || factor != factors[runs - 1] || number != number(runs - 1, count)) {
      startRun(count, number, factor);
    }
    count++;
  }

  private void startRun(long start, long number, double factor) {
    if (runs == starts.length) {
      starts = Arrays.copyOf(starts, 2 * runs);
      numbers = Arrays.copyOf(numbers, 2 * runs);
      factors = Arrays.copyOf(factors, 2 * runs);
      each = Arrays.copyOf(each, 2 * runs);
      before = Arrays.copyOf(before, 2 * runs);
    }
    before[runs] = runs == 0 ? Sums.NONE : sums(runs - 1, start);
    starts[runs] = start;
    numbers[runs] = number;
    factors[runs] = factor;
    double own = rate * factor;
    double logKept = decay == 0 ? 0 : StrictMath.log1p(-own * decay);
    each[runs] = new Sums(logKept, own, own * own);
    runs++;
  }

  /** What the learning rate is multiplied by in the steps of a run. */
  double factorOf(int run) {
    return factors[run];
  }

  /** The step behind the last of a run. */
  int endOf(int run) {
    return run == runs - 1 ? count : (int) starts[run + 1];
  }

  /** What the steps from one to another add up to, the latter excluded. */
  Sums between(int from, int to) {
    int last = runs - 1;
    return from >= starts[last]
        ? each[last].times(to - from)
        : sums(run(to), to).minus(sums(run(from), from));
  }

  /** The number, as optimizers know it, of a step of a run. */
  long number(int run, long step) {
    return numbers[run] + step - starts[run];
  }

  /** What all steps before one add up to. */
  private Sums sums(int run, long step) {
    return before[run].plus(each[run].times((double) (step - starts[run])));
  }

  /** The run that a step belongs to; the last for one that is not taken yet. */
  int run(int step) {
    if (step >= starts[runs - 1]) {
      return runs - 1;
    }
    int at = Arrays.binarySearch(starts, 0, runs, step);
    return at >= 0 ? at : -at - 2;
  }

  /** Saves all steps. */
  public void save(StateWriter to) {
    MemorySegment begin = Floats.allocate(2L * runs);
    MemorySegment number = Floats.allocate(2L * runs);
    MemorySegment factor = Floats.allocate(2L * runs);
    MemorySegment.copy(starts, 0, begin, LONG, 0, runs);
    MemorySegment.copy(numbers, 0, number, LONG, 0, runs);
    MemorySegment.copy(factors, 0, factor, DOUBLE, 0, runs);
    to.value(COUNT, Integer.toString(count));
    to.tensor(STARTS, TensorType.I64, new long[] {runs}, begin);
    to.tensor(NUMBERS, TensorType.I64, new long[] {runs}, number);
    to.tensor(FACTORS, TensorType.F64, new long[] {runs}, factor);
  }

  /** Takes back what {@link #save} wrote. */
  public void restore(StateReader from) {
    Tensor begin = from.tensor(STARTS).orElseThrow();
    long[] length = {begin.shape().getFirst()};
    MemorySegment number = Floats.allocate(2 * length[0]);
    MemorySegment factor = Floats.allocate(2 * length[0]);
    from.tensor(NUMBERS, TensorType.I64, length, number);
    from.tensor(FACTORS, TensorType.F64, length, factor);
    clear();
    for (long run = 0; run < length[0]; run++) {
      startRun(
          begin.data().getAtIndex(LONG, run),
          number.getAtIndex(LONG, run),
          factor.getAtIndex(DOUBLE, run));
    }
    count = Integer.parseInt(from.value(COUNT).orElseThrow());
  }
}
