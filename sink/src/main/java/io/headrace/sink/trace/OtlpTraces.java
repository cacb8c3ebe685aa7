package io.headrace.sink.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Sends spans to a collector, from a thread of its own and out of a bounded queue: while the
 * collector is away spans are dropped, which the log says once, and nobody waits. Thread-safe;
 * whoever makes it closes it.
 */
public final class OtlpTraces implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final SdkTracerProvider provider;

  private OtlpTraces(SdkTracerProvider provider) {
    this.provider = provider;
  }

  /** Spans of the service {@code headrace}, instance {@code job}. */
  public static OtlpTraces to(TraceSettings settings, String job) {
    String endpoint = settings.endpoint().toString();
    var exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(endpoint)
            .setTimeout(TIMEOUT)
            .setRetryPolicy(null) // the next spans try again
            .build();
    Attributes who =
        Attributes.of(
            AttributeKey.stringKey("service.name"),
            "headrace",
            AttributeKey.stringKey("service.instance.id"),
            job);
    return new OtlpTraces(
        SdkTracerProvider.builder()
            .setResource(Resource.getDefault().merge(Resource.create(who)))
            .addSpanProcessor(
                BatchSpanProcessor.builder(new ToldOnce(exporter, endpoint))
                    .setExporterTimeout(TIMEOUT)
                    .build())
            .build());
  }

  public Tracer tracer() {
    return provider.get("io.headrace");
  }

  /** Sends what waits, for two seconds at most. */
  @Override
  public void close() {
    provider.shutdown().join(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
