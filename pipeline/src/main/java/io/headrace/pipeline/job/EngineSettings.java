package io.headrace.pipeline.job;

import io.headrace.engine.UpdateMode;
import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.util.List;
import java.util.Locale;

/**
 * The {@code engine} group: how the learning is run. Immutable.
 *
 * @param threads workers of the trainer; the result does not depend on them
 * @param decoders chunks decoded at the same time; the result does not depend on them
 * @param shards parts that each mini-batch is cut into
 * @param update how often within a mini-batch the parameters change
 * @param seed of initialisation and of every random layer
 */
public record EngineSettings(int threads, int decoders, int shards, UpdateMode update, long seed) {
  private static final Setting<Integer> THREADS =
      Setting.integer(
              "threads",
              1,
              1024,
              "Workers of the trainer; without it, as many as the machine has processors. The result is the"
                  + " same for any number.")
          .absentByDefault();
  private static final Setting<Integer> DECODERS =
      Setting.integer(
              "decoders",
              1,
              1024,
              "Chunks of records decoded at the same time; without it, as many as the machine has"
                  + " processors. The result is the same for any number.")
          .absentByDefault();
  private static final Setting<Integer> SHARDS =
      Setting.integer(
              "shards",
              1,
              1024,
              "Parts that each mini-batch is cut into, for the workers to share; gradients are summed in"
                  + " their order, so a change changes the rounding.")
          .orElse(8);
  private static final Setting<String> MODE =
      new Setting<>(
          "mode",
          "synchronous",
          "synchronous",
          false,
          "How workers share the parameters: every step waits for all shards, which makes runs repeatable.",
          EngineSettings::mode);
  private static final Setting<String> UPDATE =
      Setting.choice(
              "update",
              List.of("batch", "sample"),
              "How often the parameters change: batch, once a mini-batch, by the mean of its rows'"
                  + " gradients; sample, after every row, before the next is scored, on one"
                  + " thread, which suits linear models of sparse inputs. A row of no finite loss"
                  + " is then rejected by itself, or ends the run where on-divergence.action is stop;"
                  + " on-divergence.loss-above does not go with it.")
          .orElse("batch");
  private static final Setting<Long> SEED =
      Setting.longInteger(
              "seed",
              0,
              Long.MAX_VALUE,
              "Seed of initial parameters and of everything random in a model.")
          .orElse(1L);

  static final List<Setting<?>> DECLARED = List.of(THREADS, DECODERS, SHARDS, MODE, UPDATE, SEED);

  static EngineSettings from(Settings settings) {
    int processors = Runtime.getRuntime().availableProcessors();
    return new EngineSettings(
        settings.optional(THREADS).orElse(processors),
        settings.optional(DECODERS).orElse(processors),
        settings.value(SHARDS),
        UpdateMode.valueOf(settings.value(UPDATE).toUpperCase(Locale.ROOT)),
        settings.value(SEED));
  }

  private static String mode(Object raw) {
    if (!raw.equals("synchronous")) {
      throw new IllegalArgumentException("a mode of this version, which has 'synchronous' only");
    }
    return "synchronous";
  }
}
