package io.headrace.engine.privacy;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Differentially private learning: Abadi et al., "Deep Learning with Differential Privacy", 2016,
 * algorithm 1. The gradient of each row is cut to a norm, the sum of a batch gets Gaussian noise,
 * and only that is learned from. Immutable.
 *
 * @param clip most that the L2 norm of a row's gradient over all parameters may be
 * @param noise standard deviation of the noise, in units of {@code clip}
 * @param delta probability that the bound of {@link PrivacySpent#epsilon} may fail
 * @param budget epsilon that may be spent; infinite for no bound
 * @param sampling probability with which a row that is read is learned from
 * @param records of the data set, of which each batch is taken to be a random sample; empty to
 *     account by readings, which supposes nothing
 * @param seed of noise and sampling; empty to draw a secret one from the operating system
 */
public record PrivacySpec(
    double clip,
    double noise,
    double delta,
    double budget,
    double sampling,
    OptionalLong records,
    OptionalLong seed) {
  private static final Setting<Double> CLIP =
      Setting.number(
              "clip",
              1e-12,
              1e12,
              "The gradient of a sample whose L2 norm over all parameters is larger is scaled to this.")
          .orElse(1.0);
  private static final Setting<Double> NOISE =
      Setting.number(
          "noise",
          0.01,
          1e6,
          "Standard deviation of the Gaussian noise that the sum of a batch's gradients gets, in units"
              + " of clip.");
  private static final Setting<Double> DELTA =
      Setting.number(
              "delta",
              1e-30,
              0.5,
              "Probability that the promise of epsilon may fail; well below one by the number of samples.")
          .orElse(1e-6);
  private static final Setting<Double> BUDGET =
      Setting.number(
              "budget",
              1e-6,
              1e6,
              "Epsilon that may be spent. A step that would spend more is not taken: the run ends with a"
                  + " checkpoint and exit status 4. Without it there is no bound.")
          .absentByDefault();
  private static final Setting<Double> SAMPLING =
      Setting.number(
              "sampling",
              1e-6,
              1,
              "Probability with which a sample that is read is learned from, drawn for each anew; the"
                  + " others are scored only. Less of it spends less.")
          .orElse(1.0);
  private static final Setting<Long> RECORDS =
      Setting.longInteger(
              "records",
              1,
              1L << 40,
              "Samples of the data set. Without it, a sample is accounted for each time that it is read,"
                  + " which holds in whatever order a stream comes. With it, each batch is accounted for"
                  + " as one drawn at random from so many, as publications do: smaller figures, true only"
                  + " if the order is that random and secret.")
          .absentByDefault();
  private static final Setting<Long> SEED =
      Setting.longInteger(
              "seed",
              0,
              Long.MAX_VALUE,
              "Makes noise repeatable, for experiments: whoever knows it, and each checkpoint tells it,"
                  + " can take the noise away again. Without it, each start draws a secret from the"
                  + " operating system that is stored nowhere.")
          .absentByDefault();

  /** The settings of {@code privacy} in a job file. */
  public static List<Setting<?>> settings() {
    return List.of(CLIP, NOISE, DELTA, BUDGET, SAMPLING, RECORDS, SEED);
  }

  /** Reads settings declared by {@link #settings}. */
  public static PrivacySpec from(Settings settings) {
    return new PrivacySpec(
        settings.value(CLIP),
        settings.value(NOISE),
        settings.value(DELTA),
        settings.optional(BUDGET).orElse(Double.POSITIVE_INFINITY),
        settings.value(SAMPLING),
        settings.optional(RECORDS).map(OptionalLong::of).orElse(OptionalLong.empty()),
        settings.optional(SEED).map(OptionalLong::of).orElse(OptionalLong.empty()));
  }

  /** The bound that the budget sets; empty for none. */
  public OptionalDouble bound() {
    return Double.isInfinite(budget) ? OptionalDouble.empty() : OptionalDouble.of(budget);
  }

  /** What of it decides which parameters are learned, as text: part of a model's identity. */
  public String fingerprint() {
    return "clip "
        + clip
        + ", noise "
        + noise
        + ", sampling "
        + sampling
        + (seed.isPresent() ? ", seed " + seed.getAsLong() : "");
  }
}
