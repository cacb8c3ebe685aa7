package io.headrace.pipeline.job;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.util.List;

/**
 * The {@code generate} group: what text the model writes while it learns. Immutable.
 *
 * @param everySamples trained samples between two texts
 * @param length characters of a text
 * @param temperature each probability is raised to one over it: below 1, the likely grows likelier
 * @param start what comes before the text
 * @param seed another one draws another text
 */
public record GenerateSettings(
    long everySamples, int length, double temperature, String start, long seed) {
  private static final Setting<Long> EVERY_SAMPLES =
      Setting.longInteger(
              "every-samples", 1, Long.MAX_VALUE, "Samples trained between two generated texts.")
          .orElse(50_000L);
  private static final Setting<Integer> LENGTH =
      Setting.integer(
              "length", 1, 100_000, "Characters of a text; training waits while it is written.")
          .orElse(200);
  private static final Setting<Double> TEMPERATURE =
      Setting.number(
              "temperature",
              0.01,
              100,
              "Probabilities are raised to one over this: below 1 the likely characters grow"
                  + " likelier, above 1 the others do.")
          .orElse(0.8);
  private static final Setting<String> START =
      Setting.text("start", "Characters that the model goes on from, e.g. 'ROMEO:'.").orElse("\n");
  private static final Setting<Long> SEED =
      Setting.longInteger("seed", 0, Long.MAX_VALUE, "Another seed draws other texts.").orElse(1L);

  static final List<Setting<?>> DECLARED = List.of(EVERY_SAMPLES, LENGTH, TEMPERATURE, START, SEED);

  static GenerateSettings from(Settings settings) {
    return new GenerateSettings(
        settings.value(EVERY_SAMPLES),
        settings.value(LENGTH),
        settings.value(TEMPERATURE),
        settings.value(START),
        settings.value(SEED));
  }
}
