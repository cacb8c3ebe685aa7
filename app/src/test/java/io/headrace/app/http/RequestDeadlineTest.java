package io.headrace.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slow senders, with time that only passes when a test says so. */
@Tag("attack")
class RequestDeadlineTest {
  private static final int HEADER_SECONDS = 20;
  private static final int BODY_SECONDS = 30;
  private static final String BODY_FOLLOWS =
      "POST /api/v1/predict HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n";
  private static final String CHUNKS_FOLLOW =
      "POST /api/v1/predict HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

  private final EmbeddedChannel channel = new EmbeddedChannel();

  @BeforeEach
  void open() {
    channel.freezeTime();
    var limits =
        new ConnectionLimits(
            1, 1, Duration.ofSeconds(HEADER_SECONDS), Duration.ofSeconds(BODY_SECONDS), 1_000);
    channel.pipeline().addLast(new HttpServerCodec(), new RequestDeadline(limits));
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void send(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  private void pass(int seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void aConnectionThatSaysNothingIsClosed() {
    pass(HEADER_SECONDS - 1);
    assertThat(channel.isOpen()).isTrue();
    pass(1);
    assertThat(channel.isOpen()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aHeaderThatTricklesIsCutOffAtItsDeadline(boolean first) {
    if (!first) {
      send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    send("GET / HTTP/1.1\r\n");
    int seconds = 0;
    for (; channel.isOpen() && seconds < 100; seconds++) {
      send("X-" + seconds + ": a\r\n"); // never idle
      pass(1);
    }
    assertThat(seconds).isEqualTo(HEADER_SECONDS);
  }

  @ParameterizedTest
  @ValueSource(strings = {BODY_FOLLOWS, CHUNKS_FOLLOW})
  void aBodyThatTricklesIsCutOff(String header) {
    send(header);
    int seconds = 0;
    for (; channel.isOpen() && seconds < 100; seconds++) {
      send(header.equals(BODY_FOLLOWS) ? "x" : "1\r\nx\r\n");
      pass(1);
    }
    assertThat(seconds).isEqualTo(BODY_SECONDS);
  }

  @Test
  void aBodyThatComesSlowlyButSteadilyIsTaken() {
    send(BODY_FOLLOWS);
    for (int i = 0; i < 100; i++) {
      send("x".repeat(10_000));
      pass(BODY_SECONDS - 1);
    }
    pass(10 * BODY_SECONDS);
    assertThat(channel.isOpen()).as("between two requests it may rest").isTrue();
    send("GET / HT");
    pass(HEADER_SECONDS);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void whatIsCutOffIsForgotten() {
    send(BODY_FOLLOWS);
    var _ = channel.close();
    pass(2 * BODY_SECONDS);
    assertThat(channel.hasPendingTasks()).isFalse();
  }
}
