package io.headrace.pipeline.job;

import io.headrace.engine.UpdateMode;
import io.headrace.engine.WorkerMode;
import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.util.List;
import java.util.Locale;

/**
 * The {@code engine} group: how the learning is run. Immutable.
 *
 * @param threads workers of the trainer; the result does not depend on them, unless the mode is
 *     hogwild
 * @param decoders chunks decoded at the same time; the result does not depend on them
 * @param shards parts that each mini-batch is cut into
 * @param mode how workers share the parameters
 * @param update how often within a mini-batch the parameters change
 * @param seed of initialisation and of every random layer
 */
public record EngineSettings(
    int threads, int decoders, int shards, WorkerMode mode, UpdateMode update, long seed) {
  private static final Setting<Integer> THREADS =
      Setting.integer(
              "threads",
              1,
              1024,
              "Workers of the trainer; without it, as many as the machine has processors. The result is the"
                  + " same for any number, unless the mode is hogwild.")
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
      Setting.choice(
              "mode",
              List.of("synchronous", "hogwild"),
              "How workers share the parameters. synchronous: every step waits for all shards, which makes runs"
                  + " repeatable. hogwild: each worker learns from rows of its own, without locks, and no two"
                  + " runs are the same; for a linear model of a sparse input with update: sample.")
          .orElse("synchronous");
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
        WorkerMode.valueOf(settings.value(MODE).toUpperCase(Locale.ROOT)),
        UpdateMode.valueOf(settings.value(UPDATE).toUpperCase(Locale.ROOT)),
        settings.value(SEED));
  }
}
