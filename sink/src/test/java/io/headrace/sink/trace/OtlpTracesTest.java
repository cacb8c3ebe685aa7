package io.headrace.sink.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpServer;
import io.headrace.engine.config.Settings;
import io.headrace.engine.error.InvalidSettingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Spans as a collector gets them, over a socket. */
class OtlpTracesTest {
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(OtlpTraces.class);
  private volatile int status = 200;

  @SuppressWarnings("NullAway.Init") // by start
  private HttpServer collector;

  @BeforeEach
  void start() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          bodies.add(
              exchange.getRequestHeaders().getFirst("Content-Type")
                  + new String(body, StandardCharsets.ISO_8859_1));
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    collector.start();
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    collector.stop(0);
    logger.detachAppender(log);
  }

  private OtlpTraces traces() {
    URI endpoint =
        URI.create("http://127.0.0.1:%d/v1/traces".formatted(collector.getAddress().getPort()));
    return OtlpTraces.to(new TraceSettings(endpoint, 1), "flight-delay");
  }

  @Test
  void reachTheCollector() {
    try (OtlpTraces traces = traces()) {
      traces.tracer().spanBuilder("chunk").startSpan().end();
    }
    assertThat(bodies)
        .singleElement()
        .asString()
        .startsWith("application/x-protobuf")
        .contains("chunk", "service.name", "headrace", "flight-delay");
    assertThat(log.list).isEmpty();
  }

  @Test
  void areDroppedAndToldOnceWhileItTakesNone() {
    status = 400;
    try (OtlpTraces traces = traces()) {
      for (int i = 0; i < 2_000; i++) { // more than go into one message
        traces.tracer().spanBuilder("chunk").startSpan().end();
      }
    }
    assertThat(bodies).hasSizeGreaterThan(1);
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .singleElement()
        .asString()
        .contains("traces do not reach http://127.0.0.1:", "the job goes on");
  }

  @Test
  void areToldToReachNobodyWhereNoCollectorListens() {
    OtlpTraces traces = traces();
    collector.stop(0);
    try (traces) {
      traces.tracer().spanBuilder("chunk").startSpan().end();
    }
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .singleElement()
        .asString()
        .contains("traces do not reach", "ConnectException");
  }

  @Test
  void anEndpointIsAnAddress() {
    assertThat(settings(Map.of()))
        .isEqualTo(new TraceSettings(URI.create("http://127.0.0.1:4318/v1/traces"), 1_000));
    assertThatThrownBy(() -> settings(Map.of("endpoint", "otel:4318")))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("'otel:4318' is no URL of a collector");
  }

  private static TraceSettings settings(Map<String, ?> given) {
    return TraceSettings.from(Settings.of(TraceSettings.SETTINGS, given));
  }
}
