package io.headrace.pipeline.job;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.pipeline.decode.RejectionLimit;
import java.util.List;
import java.util.Optional;

/**
 * The {@code rejection-limit} group. Immutable.
 *
 * @param pauses empty to decide by the source
 */
public record RejectionSettings(
    double fraction, long windowRecords, long minRecords, Optional<Boolean> pauses) {
  private static final Setting<Double> FRACTION =
      Setting.number(
              "fraction",
              0,
              1,
              "Above this fraction of rejected records among the latest ones the limit is passed; 1"
                  + " for no limit.")
          .orElse(0.5);
  private static final Setting<Long> WINDOW =
      Setting.longInteger(
              "window-records", 1, 1_000_000_000, "How many of the latest records are looked at.")
          .orElse(10_000L);
  private static final Setting<Long> MIN =
      Setting.longInteger(
              "min-records",
              1,
              1_000_000_000,
              "Records before which nothing is concluded, since the start or since the job was resumed;"
                  + " at most window-records count.")
          .orElse(1_000L);
  private static final Setting<String> THEN =
      Setting.choice(
              "then",
              List.of("pause", "alert"),
              "What is done: read no more until somebody resumes the job, or only tell. Without it,"
                  + " pause where the source goes on without end and alert where it ends by itself.")
          .absentByDefault();

  static final List<Setting<?>> DECLARED = List.of(FRACTION, WINDOW, MIN, THEN);

  static RejectionSettings from(Settings settings) {
    return new RejectionSettings(
        settings.value(FRACTION),
        settings.value(WINDOW),
        settings.value(MIN),
        settings.optional(THEN).map(then -> then.equals("pause")));
  }

  /**
   * The limit of a job.
   *
   * @param ends whether its source ends by itself
   */
  RejectionLimit limit(boolean ends) {
    return new RejectionLimit(
        fraction, windowRecords, Math.min(minRecords, windowRecords), pauses.orElse(!ends));
  }
}
