package io.headrace.sink;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The group {@code archive} of a job.
 *
 * @param segmentBytes of a file, from which on another is begun
 * @param keepFor age from which on samples are let go; empty for never
 * @param keepBytes of all files, from which on the oldest are let go; empty for never
 */
public record ArchiveSettings(
    Path directory, long segmentBytes, Optional<Duration> keepFor, OptionalLong keepBytes) {
  private static final Setting<String> DIRECTORY =
      Setting.text(
          "directory",
          "Directory that every sample which was learned from is written to, as it was learned from."
              + " One job's alone.");
  private static final Setting<Long> SEGMENT_BYTES =
      Setting.longInteger(
              "segment-bytes",
              1L << 12,
              Long.MAX_VALUE,
              "Bytes of a file from which on another is begun. Each checkpoint begins others too.")
          .orElse(128L << 20);
  private static final Setting<Long> KEEP_HOURS =
      Setting.longInteger(
              "keep-hours",
              1,
              1_000_000,
              "Hours after which samples are let go, all of a checkpoint together; absent: never.")
          .absentByDefault();
  private static final Setting<Long> KEEP_BYTES =
      Setting.longInteger(
              "keep-bytes",
              1,
              Long.MAX_VALUE,
              "Bytes of all files together, above which the oldest are let go; absent: no bound."
                  + " What the newest checkpoint brought stays.")
          .absentByDefault();

  public static final List<Setting<?>> SETTINGS =
      List.of(DIRECTORY, SEGMENT_BYTES, KEEP_HOURS, KEEP_BYTES);

  /** Takes settings that were read against {@link #SETTINGS}. */
  public static ArchiveSettings from(Settings settings) {
    return new ArchiveSettings(
        Path.of(settings.value(DIRECTORY)),
        settings.value(SEGMENT_BYTES),
        settings.optional(KEEP_HOURS).map(Duration::ofHours),
        settings.optional(KEEP_BYTES).map(OptionalLong::of).orElse(OptionalLong.empty()));
  }
}
