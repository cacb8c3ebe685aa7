package io.headrace.pipeline.job;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.util.List;

/**
 * The {@code shuffle} group: in which order a finite source is learned. Immutable.
 *
 * @param buffer records that are shuffled among each other, and the most held at a time
 * @param seed another one leads to another order
 */
public record ShuffleSettings(int buffer, long seed) {
  private static final Setting<Integer> BUFFER =
      Setting.integer(
              "buffer",
              1,
              1 << 26,
              "Records that are shuffled among each other, and the most that are held, as the bytes they"
                  + " were read as. As many as the source has, or more, shuffle all of it.")
          .orElse(65_536);
  private static final Setting<Long> SEED =
      Setting.longInteger("seed", 0, Long.MAX_VALUE, "Another seed leads to another order.")
          .orElse(1L);

  static final List<Setting<?>> DECLARED = List.of(BUFFER, SEED);

  static ShuffleSettings from(Settings settings) {
    return new ShuffleSettings(settings.value(BUFFER), settings.value(SEED));
  }
}
