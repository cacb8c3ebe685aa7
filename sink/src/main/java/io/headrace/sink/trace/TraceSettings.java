package io.headrace.sink.trace;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.error.InvalidSettingException;
import java.net.URI;
import java.util.List;

/**
 * The group {@code traces} of a job: which chunks are followed, and who is told. Immutable.
 *
 * @param endpoint of a collector that takes OTLP over HTTP
 * @param everyChunks one of so many chunks is followed
 */
public record TraceSettings(URI endpoint, int everyChunks) {
  private static final Setting<String> ENDPOINT =
      Setting.text("endpoint", "Where a collector takes OTLP over HTTP, in protobuf.")
          .orElse("http://127.0.0.1:4318/v1/traces");
  private static final Setting<Integer> EVERY_CHUNKS =
      Setting.integer(
              "every-chunks", 1, Integer.MAX_VALUE, "One of so many chunks of records is followed.")
          .orElse(1_000);

  public static final List<Setting<?>> SETTINGS = List.of(ENDPOINT, EVERY_CHUNKS);

  /** Takes settings that were read against {@link #SETTINGS}. */
  public static TraceSettings from(Settings settings) {
    String endpoint = settings.value(ENDPOINT);
    if (!endpoint.matches("https?://[^/\\s]+(/\\S*)?")) {
      throw new InvalidSettingException(
          "endpoint",
          "'%s' is no URL of a collector. Write e.g. http://otel:4318/v1/traces."
              .formatted(endpoint));
    }
    return new TraceSettings(URI.create(endpoint), settings.value(EVERY_CHUNKS));
  }
}
