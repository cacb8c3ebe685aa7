package io.headrace.pipeline.job;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.util.List;
import java.util.Map;

/**
 * The {@code serve} group: predictions by the model that is being learned. Immutable.
 *
 * @param refreshMillis how old the model may be that predicts
 * @param maxRequestBytes of a request's body, unpacked
 */
public record ServeSettings(int refreshMillis, int maxRequestBytes) {
  private static final Setting<Integer> REFRESH_MS =
      Setting.integer(
              "refresh-ms",
              1,
              86_400_000,
              "How long predictions go on with one copy of the model before the next is taken.")
          .orElse(1_000);
  private static final Setting<Integer> MAX_REQUEST_BYTES =
      Setting.integer("max-request-bytes", 1_024, 1 << 30, "Largest body of a request, unpacked.")
          .orElse(1 << 20);

  static final List<Setting<?>> DECLARED = List.of(REFRESH_MS, MAX_REQUEST_BYTES);

  /** What holds where nothing is said. */
  public static final ServeSettings DEFAULT = from(Settings.of(DECLARED, Map.of()));

  static ServeSettings from(Settings settings) {
    return new ServeSettings(settings.value(REFRESH_MS), settings.value(MAX_REQUEST_BYTES));
  }
}
