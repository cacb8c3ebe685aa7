package io.headrace.engine.metric;

import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Stateful;
import io.headrace.engine.state.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells when the mean of a figure rises: an adaptive window (ADWIN: Bifet and Gavaldà, "Learning
 * from Time-Changing Data with Adaptive Windowing", 2007) over means of blocks of samples, kept as
 * sums over ever longer stretches of the past. The window is cut in two wherever that is possible,
 * and its older part forgotten where the means of both differ by more than chance: silently if the
 * figure fell, which is learning. If it rose by a share that matters, that is a {@link Drift}, and
 * the window begins anew. A rise that matters less stays in it, so that many small ones add up.
 *
 * <p>Chance is judged by the spread of the blocks' means, taken as normal, with a probability of
 * {@value #CONFIDENCE} shared by all cuts. What is found depends on the samples' order alone, not
 * on time or threads. Not thread-safe; memory grows with the logarithm of the stream.
 */
public final class DriftDetector implements Stateful {
  private static final double CONFIDENCE = 1e-4;
  private static final int BLOCK_SAMPLES = 64;

  /** Stretches of each length; one more, and the two oldest become one of twice the length. */
  private static final int SAME_LENGTH = 5;

  /** Blocks on each side of a cut from which on their mean is nearly normal. */
  private static final int LEAST_BLOCKS = 30;

  /** Blocks between two looks. */
  private static final int LOOK_EVERY = 8;

  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** A stretch of the past: how many blocks, the sums of their means, squares and samples. */
  private record Stretch(double blocks, double sum, double squares, double samples) {
    Stretch and(Stretch other) {
      return new Stretch(
          blocks + other.blocks, sum + other.sum, squares + other.squares, samples + other.samples);
    }

    Stretch without(Stretch other) {
      return new Stretch(
          blocks - other.blocks, sum - other.sum, squares - other.squares, samples - other.samples);
    }

    double mean() {
      return sum / blocks;
    }

    double variance() {
      return Math.max(0, squares / blocks - mean() * mean());
    }
  }

  private static final Stretch NOTHING = new Stretch(0, 0, 0, 0);

  private final String what;
  private final double rise;
  private final List<Stretch> stretches = new ArrayList<>(); // oldest first
  private double blockSum;
  private double blockSamples;
  private long blocksSeen;

  /**
   * @param what the figure, for a person
   * @param rise share of the mean before that a rise must have to be told, e.g. 0.25
   */
  public DriftDetector(String what, double rise) {
    this.what = what;
    this.rise = rise;
  }

  /**
   * Takes samples in order.
   *
   * @param mean of the figure over them
   * @return what was found, if something was
   */
  public Optional<Drift> add(double mean, int samples) {
    if (!Double.isFinite(mean)) {
      return Optional.empty();
    }
    blockSum += mean * samples;
    blockSamples += samples;
    if (blockSamples < BLOCK_SAMPLES) {
      return Optional.empty();
    }
    double block = blockSum / blockSamples;
    stretches.add(new Stretch(1, block, block * block, blockSamples));
    blockSum = 0;
    blockSamples = 0;
    mergeOld();
    return ++blocksSeen % LOOK_EVERY == 0 ? look() : Optional.empty();
  }

  private void mergeOld() {
    double length = 1;
    int end = stretches.size();
    while (end > 0) {
      int begin = end;
      while (begin > 0 && stretches.get(begin - 1).blocks() == length) {
        begin--;
      }
      if (end - begin <= SAME_LENGTH) {
        return;
      }
      stretches.set(begin, stretches.get(begin).and(stretches.remove(begin + 1)));
      end = begin + 1;
      length *= 2;
    }
  }

  /** Looks at all cuts; of several rises that matter the largest is told. */
  private Optional<Drift> look() {
    Stretch all = stretches.stream().reduce(NOTHING, Stretch::and);
    double chance = Math.sqrt(2 * all.variance() * Math.log(2 * all.blocks() / CONFIDENCE));
    Stretch old = NOTHING;
    Drift found = null;
    for (int cut = 1; cut < stretches.size(); cut++) {
      old = old.and(stretches.get(cut - 1));
      Stretch late = all.without(old);
      if (old.blocks() < LEAST_BLOCKS || late.blocks() < LEAST_BLOCKS) {
        continue;
      }
      double margin = chance * Math.sqrt(1 / old.blocks() + 1 / late.blocks());
      if (late.mean() < old.mean() - margin) {
        stretches.subList(0, cut).clear();
        return Optional.empty();
      }
      double threshold = old.mean() + Math.max(margin, rise * Math.abs(old.mean()));
      if (late.mean() > threshold
          && (found == null || late.mean() - old.mean() > found.now() - found.before())) {
        found = new Drift(what, old.mean(), late.mean(), threshold, Math.round(late.samples()));
      }
    }
    if (found != null) {
      stretches.clear();
    }
    return Optional.ofNullable(found);
  }

  @Override
  public void save(StateWriter to) {
    double[] values = new double[3 + 4 * stretches.size()];
    values[0] = blockSum;
    values[1] = blockSamples;
    values[2] = blocksSeen;
    int at = 3;
    for (Stretch stretch : stretches) {
      values[at++] = stretch.blocks();
      values[at++] = stretch.sum();
      values[at++] = stretch.squares();
      values[at++] = stretch.samples();
    }
    Doubles.save(to, what, values);
  }

  /** Begins anew where nothing was saved: checkpoints of before have no such state. */
  @Override
  public void restore(StateReader from) {
    stretches.clear();
    Optional<Tensor> saved = from.tensor(what);
    if (saved.isEmpty()) {
      return;
    }
    double[] values = saved.get().data().toArray(DOUBLE);
    blockSum = values[0];
    blockSamples = values[1];
    blocksSeen = Math.round(values[2]);
    for (int at = 3; at < values.length; at += 4) {
      stretches.add(new Stretch(values[at], values[at + 1], values[at + 2], values[at + 3]));
    }
  }
}
