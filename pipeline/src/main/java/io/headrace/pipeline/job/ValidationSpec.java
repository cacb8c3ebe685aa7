package io.headrace.pipeline.job;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The {@code validation} group: samples that are scored while a job learns, and never learned.
 * Immutable.
 *
 * @param source where they come from; empty if they are a part of the job's own source
 * @param fraction which part of the job's own source they are
 * @param seed another one leads to another part
 * @param everySamples trained samples between two looks; empty for the end of each epoch
 * @param metric which score says what is best
 */
public record ValidationSpec(
    Optional<ComponentSpec> source,
    OptionalDouble fraction,
    long seed,
    OptionalLong everySamples,
    String metric) {
  private static final Setting<Double> FRACTION =
      Setting.number(
              "fraction",
              Double.MIN_NORMAL,
              0.99,
              "Share of the job's own source that is held out instead of learned, in every epoch the"
                  + " same records; they count as filtered. Give this or source.")
          .absentByDefault();
  private static final Setting<Long> SEED =
      Setting.longInteger("seed", 0, Long.MAX_VALUE, "Another seed holds other records out.")
          .orElse(0L);
  private static final Setting<Long> EVERY_SAMPLES =
      Setting.longInteger(
              "every-samples",
              1,
              Long.MAX_VALUE,
              "Samples trained between two looks; without it, held-out samples are scored at the end of"
                  + " each epoch.")
          .absentByDefault();
  private static final Setting<String> METRIC =
      Setting.choice(
              "metric",
              List.of("loss", "accuracy", "logLoss", "auc", "mse", "mae", "r2"),
              "The score that says which state is the best.")
          .orElse("loss");

  static final String SOURCE = "source";
  static final List<Setting<?>> DECLARED = List.of(FRACTION, SEED, EVERY_SAMPLES, METRIC);

  static ValidationSpec from(Optional<ComponentSpec> source, Settings settings) {
    Optional<Double> fraction = settings.optional(FRACTION);
    Optional<Long> every = settings.optional(EVERY_SAMPLES);
    return new ValidationSpec(
        source,
        fraction.isPresent() ? OptionalDouble.of(fraction.get()) : OptionalDouble.empty(),
        settings.value(SEED),
        every.isPresent() ? OptionalLong.of(every.get()) : OptionalLong.empty(),
        settings.value(METRIC));
  }
}
