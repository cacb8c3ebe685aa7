package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.http.Exposure;
import io.headrace.app.http.HttpService;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that break off, dawdle, send too much, or have to wait: the others are served, and what
 * was acknowledged is learned once.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PushStressTest {
  private static final Path EXAMPLE = HOME.resolve("examples/push");
  private static final String LINES = "application/x-ndjson";
  private static final int FLIGHTS = 8;
  private static final int CLIENTS = 40;
  private static final int REPEATED = 15;
  private static final long RECEIVING = 100_000;

  @TempDir private Path folder;

  private final CountDownLatch go = new CountDownLatch(1);

  private byte[] body = {};

  @SuppressWarnings("NullAway.Init") // by start
  private JobRun run;

  @SuppressWarnings("NullAway.Init") // by start
  private HttpService service;

  @SuppressWarnings("NullAway.Init") // by start
  private PushClient client;

  @BeforeEach
  void start() throws IOException {
    body = Files.readAllBytes(EXAMPLE.resolve("flights.jsonl"));
    List<String> settings =
        List.of(
            "source.http.directory=" + folder.resolve("push"),
            "source.http.max-request-bytes=20000",
            "source.http.max-backlog-bytes=40000",
            "source.http.max-receiving-bytes=" + RECEIVING,
            "checkpoints.directory=" + folder.resolve("checkpoints"),
            "dead-letters.file=" + folder.resolve("dead.avro"));
    run =
        JobRun.start(
            JobFile.read(EXAMPLE.resolve("job.yaml"), settings),
            new JobRun.Options(List.of(), OptionalLong.empty(), step -> hold()));
    service = HttpService.start(Exposure.local(0), new RunView(run, new LastCheckpoint()).served());
    client = new PushClient(service);
  }

  @AfterEach
  void stop() {
    go.countDown();
    client.close();
    service.close();
    run.close();
  }

  private void hold() {
    try {
      go.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the trainer", e);
    }
  }

  private Socket request(String headers) throws IOException {
    URI uri = service.uri();
    var socket = new Socket(InetAddress.getLoopbackAddress(), uri.getPort());
    String head =
        "POST /api/v1/samples HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\n%s\r\n\r\n"
            .formatted(LINES, headers);
    send(socket, head.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static void send(Socket socket, byte[] bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(bytes);
    out.flush();
  }

  private static String statusLine(Socket socket) throws IOException {
    var in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    return String.valueOf(in.readLine());
  }

  private void pushed() throws IOException, InterruptedException {
    HttpResponse<String> answer = client.post(body, "Content-Type", LINES);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private void assertLearned(long flights) throws InterruptedException {
    PushClient.awaitSettled(() -> run.status().ledger().trained(), flights);
    assertThat(run.status().ledger().rejected()).isZero();
    assertThat(run.push().orElseThrow().status().position()).isEqualTo(flights);
  }

  @Test
  void bodiesThatBreakOffLeaveNothing() throws Exception {
    go.countDown();
    byte[] half = Arrays.copyOf(body, body.length / 2);
    for (int i = 0; i < CLIENTS; i++) {
      boolean chunked = i % 2 == 0;
      try (Socket socket =
          request(chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + body.length)) {
        if (chunked) {
          String size = Integer.toHexString(half.length) + "\r\n";
          send(socket, size.getBytes(StandardCharsets.US_ASCII));
        }
        send(socket, half);
        if (i % 4 < 2) {
          socket.setSoLinger(true, 0); // closing resets the connection
        }
      }
      pushed();
    }
    assertLearned((long) CLIENTS * FLIGHTS);
  }

  @Test
  void slowBodiesHoldNobodyUp() throws Exception {
    go.countDown();
    List<Socket> slow = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Socket socket = request("Content-Length: " + body.length);
      send(socket, Arrays.copyOf(body, 10 + i));
      slow.add(socket);
    }
    for (int i = 0; i < CLIENTS; i++) {
      pushed();
    }
    assertLearned((long) CLIENTS * FLIGHTS);
    for (int i = 0; i < CLIENTS; i++) {
      try (Socket socket = slow.get(i)) {
        send(socket, Arrays.copyOfRange(body, 10 + i, body.length));
        assertThat(statusLine(socket)).startsWith("HTTP/1.1 200");
      }
    }
    assertLearned(2L * CLIENTS * FLIGHTS);
  }

  /** Many at once would take more memory than there is for them, whatever the heap has. */
  @Test
  void bodiesUnderWayHaveABoundAllTogether() throws Exception {
    go.countDown();
    int most = (int) (RECEIVING / 20_000); // of those that do not say how long they are
    long taken = 0;
    for (int round = 0; round < 3; round++) {
      List<Socket> slow = new ArrayList<>();
      HttpResponse<String> answer = client.post(body, "Content-Type", LINES);
      while (answer.statusCode() == 200) { // connections of the round before may not be gone yet
        taken++;
        assertThat(slow).as("slow bodies and no end of room").hasSizeLessThan(20 * most);
        Socket socket = request("Transfer-Encoding: chunked");
        send(socket, "10\r\n".getBytes(StandardCharsets.US_ASCII));
        slow.add(socket);
        Thread.sleep(20);
        answer = client.post(body, "Content-Type", LINES);
      }
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(answer.body()).contains("max-receiving-bytes, 100,000");
      for (int i = 0; i < slow.size(); i++) {
        try (Socket socket = slow.get(i)) {
          if (i % 2 == 0) {
            socket.setSoLinger(true, 0); // closing resets the connection
          }
        }
      }
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (answer.statusCode() == 429 && System.nanoTime() < until) {
        Thread.sleep(20);
        answer = client.post(body, "Content-Type", LINES);
      }
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      taken++;
    }
    for (int i = 0; i < 30; i++) { // on one connection
      pushed();
      taken++;
    }
    assertLearned(taken * FLIGHTS);
  }

  @Test
  void bodiesThatAreTooLargeAreRefusedBeforeTheirEnd() throws Exception {
    go.countDown();
    try (Socket socket = request("Content-Length: 10000000000")) {
      assertThat(statusLine(socket)).startsWith("HTTP/1.1 413");
    }
    String chunk = "1000\r\n" + "x".repeat(4096) + "\r\n";
    try (Socket socket = request("Transfer-Encoding: chunked")) {
      for (int i = 0; i < 100; i++) { // 400 kB, and no end
        send(socket, chunk.getBytes(StandardCharsets.US_ASCII));
      }
      assertThat(statusLine(socket)).startsWith("HTTP/1.1 413");
    }
    pushed();
    assertLearned(FLIGHTS);
  }

  @Test
  void clientsThatWaitAsToldLoseNothing() throws Exception {
    var told = new AtomicInteger();
    List<CompletableFuture<Void>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int number = i;
      clients.add(CompletableFuture.runAsync(() -> pushUntilTaken(number, told)));
    }
    CompletableFuture.allOf(clients.toArray(CompletableFuture<?>[]::new)).get(2, TimeUnit.MINUTES);
    assertThat(told.get()).as("answers with status 429").isPositive();
    assertLearned((long) CLIENTS * REPEATED * FLIGHTS);
  }

  /** The engine stands still until somebody was told to wait. */
  private void pushUntilTaken(int number, AtomicInteger told) {
    String flights = new String(body, StandardCharsets.UTF_8).repeat(REPEATED);
    String[] headers = {"Content-Type", LINES, "Idempotency-Key", "client-" + number};
    try {
      HttpResponse<String> answer = client.post(FuzzedJob.utf8(flights), headers);
      while (answer.statusCode() != 200) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
        told.incrementAndGet();
        go.countDown();
        String seconds = answer.headers().firstValue("Retry-After").orElseThrow();
        Thread.sleep(Duration.ofSeconds(Long.parseLong(seconds)));
        answer = client.post(FuzzedJob.utf8(flights), headers);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
