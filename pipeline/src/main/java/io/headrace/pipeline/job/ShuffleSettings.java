package io.headrace.pipeline.job;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.util.List;

/**
 * The {@code shuffle} group: in which order a source is learned. Immutable.
 *
 * @param buffer records that are shuffled among each other, and the most held at a time
 * @param seed another one leads to another order
 * @param lingerMillis how long a record of a stream waits for others to be shuffled with
 */
public record ShuffleSettings(int buffer, long seed, long lingerMillis) {
  private static final Setting<Integer> BUFFER =
      Setting.integer(
              "buffer",
              1,
              1 << 26,
              "Records that are shuffled among each other, and the most that are held, as the bytes they"
                  + " were read as. As many as files have, or more, shuffle all of them. Of a stream,"
                  + " each partition's records from one multiple of it to the next, and 256 MiB at"
                  + " most.")
          .orElse(65_536);
  private static final Setting<Long> SEED =
      Setting.longInteger("seed", 0, Long.MAX_VALUE, "Another seed leads to another order.")
          .orElse(1L);

  private static final Setting<Long> LINGER_MS =
      Setting.longInteger(
              "linger-ms",
              1,
              86_400_000L,
              "Once a stream is caught up, a record waits no longer than this for the buffer to fill:"
                  + " those that came are shuffled and learned. Files do not wait.")
          .orElse(10_000L);

  static final List<Setting<?>> DECLARED = List.of(BUFFER, SEED, LINGER_MS);

  static ShuffleSettings from(Settings settings) {
    return new ShuffleSettings(
        settings.value(BUFFER), settings.value(SEED), settings.value(LINGER_MS));
  }
}
