package io.headrace.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes on a socket as no well-behaved client sends them. */
class RawRequestsTest {
  private static final int WAITING_MILLIS = 1_500;

  private final MovingJob job = new MovingJob();
  private HttpService service;

  @BeforeEach
  void start() {
    service = HttpService.start("127.0.0.1", 0, job.served(), Duration.ofSeconds(1));
  }

  @AfterEach
  void stop() {
    service.close();
  }

  /** All that comes back until the service closes the connection, or waits for more. */
  private String answer(String request) throws IOException {
    URI uri = service.uri();
    var answer = new ByteArrayOutputStream();
    try (var socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(WAITING_MILLIS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      byte[] part = new byte[4096];
      for (int count; (count = socket.getInputStream().read(part)) >= 0; ) {
        answer.write(part, 0, count);
      }
    } catch (SocketTimeoutException | SocketException e) {
      // It waits for the rest of a request that has none, or has cut the sender off.
    }
    return answer.toString(StandardCharsets.ISO_8859_1);
  }

  private static String head(String answer) {
    int end = answer.indexOf("\r\n\r\n");
    return (end < 0 ? answer : answer.substring(0, end)).toLowerCase(Locale.ROOT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/checkpoints/x%0d%0aX-Injected:%20yes",
        "/api/v1/checkpoints/x%0d%0a%0d%0a<script>",
        "/api/v1/jobs/x%0d%0aX-Injected:%20yes/status",
        "/no/such%0aX-Injected:%20yes",
        "/api/v1/events?code=a%0d%0aX-Injected:%20yes",
        "/%E5%98%8A%E5%98%8DX-Injected:%20yes"
      })
  void noHeaderIsMadeOfWhatWasAskedFor(String path) throws IOException {
    String answer =
        answer("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 ").doesNotStartWith("HTTP/1.1 5");
    assertThat(head(answer).lines()).noneMatch(line -> line.startsWith("x-injected"));
    assertThat(answer).doesNotContain("<script>");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 2\r\nContent-Length: 30\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Bad Header\r\n",
        "X-Null: a\0b\r\n",
      })
  void aSecondRequestDoesNotHideInTheFirst(String headers) throws IOException {
    askTwo(headers);
    assertThat(job.state).as("nothing was paused").isEqualTo(JobState.RUNNING);
  }

  @Test
  void aSecondRequestThatDoesNotHideIsAnswered() throws IOException {
    askTwo("Content-Length: 5\r\n");
    assertThat(job.state).isEqualTo(JobState.PAUSED);
  }

  /** A request with a body of five bytes, and one that pauses the job behind it. */
  private void askTwo(String headers) throws IOException {
    String pause =
        "POST /api/v1/pause HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    answer("GET /health HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n0\r\n\r\n" + pause);
  }

  @Test
  void endlessHeadersEnd() throws IOException {
    String name = "X-" + "a".repeat(60) + ": " + "b".repeat(60) + "\r\n";
    String answer =
        answer("GET /health HTTP/1.1\r\nHost: localhost\r\n" + name.repeat(2_000) + "\r\n");
    assertThat(answer).doesNotStartWith("HTTP/1.1 200");
    List<String> noMethods = List.of("TRACE", "CONNECT", "PUT", "PATCH", "BREW");
    for (String method : noMethods) {
      String refused =
          answer(
              method
                  + " /api/v1/pause HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                  + "Content-Length: 0\r\n\r\n");
      assertThat(refused).as(method).startsWith("HTTP/1.1 4");
    }
    assertThat(job.state).isEqualTo(JobState.RUNNING);
    assertThat(answer("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .as("it goes on serving")
        .startsWith("HTTP/1.1 200");
  }
}
