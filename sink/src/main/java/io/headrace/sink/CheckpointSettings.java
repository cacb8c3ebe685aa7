package io.headrace.sink;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The group {@code checkpoints} of a job.
 *
 * @param directory absent: no checkpoints
 * @param incremental whether a checkpoint may have only what changed since another
 * @param copiesOnDiskFromBytes size of a tensor from which on copies of it lie on the disk
 * @param keepJournal whether the batch journal is kept whole
 * @param store where they are kept besides; empty for the directory alone
 * @param announce where they are announced; empty for nowhere
 */
public record CheckpointSettings(
    Optional<Path> directory,
    long everySamples,
    int keep,
    boolean incremental,
    long copiesOnDiskFromBytes,
    boolean keepBest,
    boolean keepJournal,
    Optional<ObjectStoreSettings> store,
    Optional<AnnounceSettings> announce) {
  private static final Setting<String> DIRECTORY =
      Setting.text(
              "directory",
              "Directory that checkpoints are written to and resumed from; without it there are none.")
          .absentByDefault();
  private static final Setting<Long> EVERY_SAMPLES =
      Setting.longInteger(
              "every-samples",
              1,
              Long.MAX_VALUE,
              "Samples trained between two checkpoints, e.g. 100000.")
          .orElse(100_000L);
  private static final Setting<Integer> KEEP =
      Setting.integer("keep", 1, Integer.MAX_VALUE, "Checkpoints to keep; older ones are deleted.")
          .orElse(5);

  private static final Setting<Boolean> INCREMENTAL =
      Setting.flag(
              "incremental",
              "Whether a checkpoint whose large tables have changed little holds what changed since an earlier whole one alone. What a kept checkpoint builds on is kept besides, and the whole one before that.")
          .orElse(true);

  private static final Setting<Long> COPIES_ON_DISK_FROM =
      Setting.longInteger(
              "copies-on-disk-from-mib",
              1,
              1L << 40,
              "MiB of a table of sparse features from which on its copies, for a checkpoint being written and of the last good state, lie in a file without a name in directory, of which the system keeps in memory what it has room for. Others lie in memory, and all where checkpoints are encrypted.")
          .orElse(64L);

  private static final Setting<Boolean> KEEP_BEST =
      Setting.flag(
              "keep-best",
              "Whether the state with the best validation is written at once and kept besides those.")
          .orElse(true);

  private static final Setting<String> KEEP_JOURNAL =
      Setting.choice(
              "keep-journal",
              List.of("checkpoints", "all"),
              "What of the batch journal is kept: what lies behind the oldest checkpoint that is kept, or all of it, so that headrace replay can begin at the start.")
          .orElse("checkpoints");

  public static final List<Setting<?>> SETTINGS =
      List.of(
          DIRECTORY,
          EVERY_SAMPLES,
          KEEP,
          INCREMENTAL,
          COPIES_ON_DISK_FROM,
          KEEP_BEST,
          KEEP_JOURNAL,
          ObjectStoreSettings.GROUP,
          AnnounceSettings.GROUP);

  /** Takes settings that were read against {@link #SETTINGS}. */
  public static CheckpointSettings from(Settings settings) {
    return new CheckpointSettings(
        settings.optional(DIRECTORY).map(Path::of),
        settings.value(EVERY_SAMPLES),
        settings.value(KEEP),
        settings.value(INCREMENTAL),
        settings.value(COPIES_ON_DISK_FROM) << 20,
        settings.value(KEEP_BEST),
        settings.value(KEEP_JOURNAL).equals("all"),
        settings.optional(ObjectStoreSettings.GROUP),
        settings.optional(AnnounceSettings.GROUP));
  }
}
