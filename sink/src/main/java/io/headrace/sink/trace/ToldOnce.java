package io.headrace.sink.trace;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** An exporter whose failures are told when they begin and when they end. Thread-safe. */
final class ToldOnce implements SpanExporter {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(OtlpTraces.class);

  /** The library's own, which tells every failure; held, or it would be collected. */
  private static final Logger OF_LIBRARY = Logger.getLogger("io.opentelemetry.exporter");

  static {
    OF_LIBRARY.setLevel(Level.OFF);
  }

  private final SpanExporter exporter;
  private final String endpoint;
  private final AtomicBoolean failing = new AtomicBoolean();

  ToldOnce(SpanExporter exporter, String endpoint) {
    this.exporter = exporter;
    this.endpoint = endpoint;
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    CompletableResultCode result = exporter.export(spans);
    return result.whenComplete(() -> tell(result));
  }

  private void tell(CompletableResultCode result) {
    if (failing.compareAndSet(result.isSuccess(), !result.isSuccess())) {
      if (result.isSuccess()) {
        LOG.info("traces reach {} again", endpoint);
      } else {
        LOG.warn(
            "traces do not reach {}: {}. They are dropped until they do; the job goes on. Is a collector there that takes OTLP over HTTP (traces.endpoint)?",
            endpoint,
            why(result.getFailureThrowable()));
      }
    }
  }

  private static String why(@Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause != null && !(cause instanceof IOException)) {
      cause = cause.getCause();
    }
    return cause == null ? "it does not take them" : cause.toString();
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }
}
