package io.headrace.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.sample.Ledger;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.netty.util.internal.PlatformDependent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An open service on this machine, and clients that mean it harm: over every route that it has. */
@Tag("attack")
class AttackedServiceTest {
  private static final String HOST = "Host: 127.0.0.1\r\n";
  private static final String OUTSIDE = "checkpoint-000000000009.safetensors";
  private static final List<String> OTHER_METHODS =
      List.of("OPTIONS", "TRACE", "CONNECT", "PUT", "PATCH", "PROPFIND");
  private static final int CONNECTIONS = 12;
  private static final int UNPACKED_MIB = 128;
  private static final int STREAMS = 3;

  @TempDir private Path folder;
  private final MovingJob job = new MovingJob();
  private HttpService service;

  @BeforeEach
  void start() {
    Path stored = folder.resolve("stored");
    checkpoint(stored, 7);
    checkpoint(folder, 9); // one directory above those that are served
    job.checkpoints = Optional.of(stored);
    job.stored = DirectoryCheckpointStore.forReading(stored, served().seal()).list();
    job.letters = Optional.of(new KeptLetters(folder));
    assertThat(folder.resolve(OUTSIDE)).exists();
    service =
        HttpService.start(
            Exposure.local(0),
            ServedJobs.only(served()),
            Duration.ofMillis(50),
            InstantSource.system(),
            new ConnectionLimits(
                CONNECTIONS, STREAMS, Duration.ofMillis(300), Duration.ofMillis(300), 1_000));
  }

  private ServedJob served() {
    return job.served();
  }

  private static void checkpoint(Path folder, long step) {
    DirectoryCheckpointStore.forWriting(folder, 9)
        .write(
            new Checkpoint("job", "spec", step, 1, Ledger.EMPTY, new TreeMap<>(), new TreeMap<>()));
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private Socket connect() throws IOException {
    var socket = new Socket(service.uri().getHost(), service.uri().getPort());
    socket.setSoTimeout(20_000); // to fail, not to wait
    return socket;
  }

  /** All that comes back until the service closes the connection. */
  private static String rest(Socket socket) throws IOException {
    var answer = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(answer);
    } catch (SocketException cutOff) {
      // What came before counts.
    }
    return answer.toString(StandardCharsets.ISO_8859_1);
  }

  private String answer(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return rest(socket);
    }
  }

  private String ask(String method, String path, String headers) throws IOException {
    return answer(
        method
            + " "
            + path
            + " HTTP/1.1\r\n"
            + headers
            + "Content-Length: 0\r\nConnection: close\r\n\r\n");
  }

  private static int status(String answer) {
    assertThat(answer).as("an answer").startsWith("HTTP/1.");
    return Integer.parseInt(answer.substring(9, 12));
  }

  /** The job has not been touched. */
  private void assertUnharmed() throws IOException {
    assertThat(job.state).isEqualTo(JobState.RUNNING);
    assertThat(job.restored).isEmpty();
    assertThat(folder.resolve("back.jsonl")).doesNotExist();
    assertThat(status(ask("GET", "/health", HOST))).isEqualTo(200);
  }

  /** Routes with that method, the variables filled in. */
  private List<String> paths(String method) {
    return service.routes().stream()
        .filter(route -> route.startsWith(method + " "))
        .map(
            route ->
                route
                    .substring(method.length() + 1)
                    .replace("{job}", "flight-delay")
                    .replace("{name}", "checkpoint-000000000007.safetensors")
                    .replace("{selector}", "liveness"))
        .toList();
  }

  /** Whether the same code answers it as without the job's name. */
  private static boolean ofJob(String path) {
    return path.startsWith("/api/v1/jobs/");
  }

  static Stream<String> namesThatLeadOut() {
    List<String> ways =
        List.of(
            "../" + OUTSIDE,
            "..%2f" + OUTSIDE,
            "%2e%2e%2f" + OUTSIDE,
            "%252e%252e%252f" + OUTSIDE,
            "..%5c" + OUTSIDE,
            "..\\" + OUTSIDE,
            "....//" + OUTSIDE,
            "%c0%ae%c0%ae%c0%af" + OUTSIDE,
            "..%c0%af" + OUTSIDE,
            "%ef%bc%8e%ef%bc%8e%ef%bc%8f" + OUTSIDE, // full width
            "%e2%80%a5%2f" + OUTSIDE, // a character of two dots
            "..%00%2f" + OUTSIDE,
            "checkpoint-000000000007.safetensors%00.txt",
            "..;/" + OUTSIDE,
            "%2fetc%2fpasswd",
            "//etc/passwd",
            "..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
            "file:%2f%2f%2fetc%2fpasswd",
            "C:%5cwindows%5cwin.ini",
            "~",
            ".",
            "%20",
            "a".repeat(3_000));
    return ways.stream();
  }

  @ParameterizedTest
  @MethodSource("namesThatLeadOut")
  void noNameLeadsOutOfItsFolder(String name) throws IOException {
    List<String> asked =
        List.of(
            "GET /api/v1/checkpoints/" + name,
            "GET /api/v1/checkpoints/" + name + "/verify",
            "POST /api/v1/checkpoints/" + name + "/restore",
            "GET /api/v1/jobs/flight-delay/checkpoints/" + name,
            "GET /api/v1/jobs/" + name + "/status",
            "GET /api/v1/jobs/" + name + "/checkpoints/" + name,
            "POST /api/v1/jobs/" + name + "/pause",
            "GET /api/v1/dead-letters/show?letter=" + name,
            "GET /api/v1/dead-letters?source=" + name + "&limit=0",
            "GET /" + name,
            "GET /uplot/" + name,
            "GET /health/" + name);
    var softly = new SoftAssertions();
    for (String one : asked) {
      String[] parts = one.split(" ", 2);
      String answer = ask(parts[0], parts[1], HOST);
      boolean page = answer.contains("<!doctype html>"); // what "." and "~" of the page lead to
      softly.assertThat(status(answer)).as(one).isBetween(page ? 200 : 400, page ? 200 : 499);
      softly.assertThat(answer).as(one).doesNotContain("root:", folder.toString(), "\"step\":9");
    }
    softly.assertAll();
    assertUnharmed();
  }

  @Test
  void theCheckpointThatIsThereIsShown() throws IOException {
    for (String path : paths("GET")) {
      if (path.contains("checkpoint-")) {
        assertThat(ask("GET", path, HOST)).as(path).startsWith("HTTP/1.1 200").contains("\"step\"");
      }
    }
  }

  @Test
  void otherMethodsDoNothing() throws IOException {
    var softly = new SoftAssertions();
    List<String> all =
        Stream.of("GET", "POST", "DELETE").flatMap(method -> paths(method).stream()).toList();
    for (String path : all.stream().distinct().toList()) {
      for (String method : ofJob(path) ? List.of("PUT") : OTHER_METHODS) {
        String answer = ask(method, path, HOST + "X-Echo: in-the-answer\r\n");
        softly.assertThat(status(answer)).as(method + " " + path).isBetween(400, 499);
        softly.assertThat(answer).as(method).doesNotContain("in-the-answer");
        softly
            .assertThat(answer.toLowerCase(Locale.ROOT))
            .as("no other origin is let in")
            .doesNotContain("access-control-");
      }
    }
    for (String path : paths("GET").stream().filter(one -> !one.endsWith("/stream")).toList()) {
      String answer = ask("HEAD", path, HOST);
      softly.assertThat(status(answer)).as("HEAD " + path).isIn(200, 400);
      softly.assertThat(answer).as("no body of " + path).endsWith("\r\n\r\n");
    }
    softly.assertAll();
    assertUnharmed();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:8080",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "127.0.0.1@evil.example",
        "evil.example/127.0.0.1",
        "[::1].evil.example",
        "1.2.3.4:8080:evil"
      })
  void aPageWhoseNameWasPointedHereReadsAndChangesNothing(String host) throws IOException {
    var softly = new SoftAssertions();
    for (String path : paths("GET")) {
      String answer = ask("GET", path, "Host: " + host + "\r\n");
      softly.assertThat(status(answer)).as("GET " + path).isIn(400, 403);
      softly.assertThat(answer).as(path).doesNotContain("\"trained\":", "headrace_samples_total");
    }
    for (String path : paths("POST")) {
      for (String said :
          List.of("", "Origin: http://%s\r\nSec-Fetch-Site: same-origin\r\n".formatted(host))) {
        softly
            .assertThat(status(ask("POST", path, "Host: " + host + "\r\n" + said)))
            .as("POST " + path)
            .isIn(400, 403);
      }
    }
    softly.assertAll();
    assertUnharmed();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "localhost:8080", "[::1]:8080", "192.0.2.7"})
  void whoAsksByAddressIsAnswered(String host) throws IOException {
    assertThat(status(ask("GET", "/api/v1/status", "Host: " + host + "\r\n"))).isEqualTo(200);
    assertThat(status(answer("GET /health HTTP/1.0\r\n\r\n"))).as("no browser").isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: http://127.0.0.1.evil.example",
        "Origin: http://localhost:1",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: none",
        "Origin: http://127.0.0.1\r\nSec-Fetch-Site: cross-site",
      })
  void aPageOfAnotherSiteChangesNothing(String from) throws IOException {
    List<String> withoutPreflight =
        List.of(
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "text/plain; application/json");
    var softly = new SoftAssertions();
    for (String path : paths("POST")) {
      for (String type : ofJob(path) ? withoutPreflight.subList(0, 1) : withoutPreflight) {
        String answer = ask("POST", path, HOST + from + "\r\nContent-Type: " + type + "\r\n");
        softly.assertThat(status(answer)).as(path + " as " + type).isIn(403, 415);
      }
    }
    softly
        .assertThat(status(ask("DELETE", "/api/v1/session", HOST + from + "\r\n")))
        .isEqualTo(403);
    softly.assertAll();
    assertUnharmed();
  }

  @ParameterizedTest
  @ValueSource(strings = {"compress", "br", "zstd", "gzip, gzip", "gzip, br", "aes128gcm", "x"})
  void aBodyThatNobodyUnpacksIsRefused(String encoding) throws IOException {
    for (String path : paths("POST")) {
      String answer = ask("POST", path, HOST + "Content-Encoding: " + encoding + "\r\n");
      assertThat(status(answer)).as(path).isIn(404, 415);
    }
    assertUnharmed();
  }

  private static byte[] bomb() throws IOException {
    var bomb = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bomb)) {
      byte[] blanks = "\n".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < UNPACKED_MIB; i++) {
        gzip.write(blanks);
      }
    }
    assertThat(bomb.size()).as("of 128 MiB").isLessThan(1 << 18);
    return bomb.toByteArray();
  }

  @Test
  void aBodyThatUnpacksToVeryMuchIsRefused() throws IOException {
    byte[] bomb = bomb();
    for (String path : List.of("/api/v1/predict", "/api/v1/dead-letters/replay")) {
      String answer = send(path, "Content-Encoding: gzip\r\n", bomb, false);
      assertThat(status(answer)).as(path).isEqualTo(413);
    }
    assertUnharmed();
  }

  /** Together they would unpack to ten times what they may take outside of the heap. */
  @Test
  void manyOfThemAtOnceTakeLittleMemory() throws Exception {
    byte[] bomb = bomb();
    long before = outsideTheHeap();
    List<Future<String>> sent = new ArrayList<>();
    try (var senders = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CONNECTIONS - 2; i++) {
        sent.add(
            senders.submit(
                () -> send("/api/v1/predict", "Content-Encoding: gzip\r\n", bomb, false)));
      }
      long most = before;
      while (!sent.stream().allMatch(Future::isDone)) {
        most = Math.max(most, outsideTheHeap());
        Thread.sleep(2);
      }
      for (Future<String> answer : sent) {
        if (!answer.get().isEmpty()) { // the connection may be cut off first
          assertThat(status(answer.get())).isIn(413, 429);
        }
      }
      assertThat((most - before) >> 20).isLessThan(UNPACKED_MIB);
    }
    assertUnharmed();
  }

  /** Bytes that are taken outside of the heap now: by the server's buffers and by the JDK's. */
  private static long outsideTheHeap() {
    long ofTheJdk =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return Math.max(0, PlatformDependent.usedDirectMemory()) + ofTheJdk;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBodyThatIsTooLargeIsRefused(boolean chunked) throws IOException {
    byte[] large = new byte[9 << 20];
    for (String path : List.of("/api/v1/predict", "/api/v1/dead-letters/replay")) {
      assertThat(status(send(path, "", large, chunked))).as(path).isEqualTo(413);
    }
    assertUnharmed();
  }

  /** Sends a body while the answer is read, for that may come before the body has gone. */
  private String send(String path, String headers, byte[] body, boolean chunked)
      throws IOException {
    try (Socket socket = connect()) {
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      OutputStream out = socket.getOutputStream();
                      out.write(head(path, headers, chunked ? "" : "" + body.length));
                      if (chunked) {
                        out.write("900000\r\n".getBytes(StandardCharsets.US_ASCII)); // 9 MiB
                      }
                      out.write(body);
                    } catch (IOException cutOff) {
                      // As it should be.
                    }
                  });
      byte[] status = socket.getInputStream().readNBytes(12);
      sender.interrupt();
      return new String(status, StandardCharsets.ISO_8859_1);
    }
  }

  private static byte[] head(String path, String headers, String length) {
    String body =
        length.isEmpty() ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + length + "\r\n";
    return ("POST " + path + " HTTP/1.1\r\n" + HOST + headers + body + "\r\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoNeverEndsABodyIsCutOffWhateverTheRoute(boolean chunked) throws IOException {
    for (String path : paths("POST").stream().filter(one -> !ofJob(one)).toList()) {
      job.state = JobState.RUNNING;
      try (Socket socket = connect()) {
        socket.getOutputStream().write(head(path, "", chunked ? "" : "5000000"));
        socket.getOutputStream().write("1\r\nx\r\n".getBytes(StandardCharsets.US_ASCII));
        rest(socket); // ends, or the socket's time is up
      }
    }
  }

  @Test
  void whoNeverEndsAHeaderIsCutOff() throws IOException {
    for (String begun : List.of("", "G", "POST /api/v1/pause HTTP/1.1\r\nX-Slow: ")) {
      try (Socket socket = connect()) {
        socket.getOutputStream().write(begun.getBytes(StandardCharsets.US_ASCII));
        assertThat(rest(socket)).isEmpty();
      }
    }
    assertUnharmed();
  }

  @Test
  void oneConnectionTooManyIsClosedAndThereIsRoomOnceOthersHaveGone() throws Exception {
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        Socket socket = connect();
        held.add(socket);
        socket.getOutputStream().write(head("/api/v1/predict", "", "5000000"));
      }
      try (Socket one = connect()) {
        assertThat(rest(one)).isEmpty();
      }
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
    for (int i = 0; i < 1_000 && ask("GET", "/health", HOST).isEmpty(); i++) {
      Thread.sleep(10);
    }
    assertUnharmed();
  }

  @Test
  void oneListenerTooManyIsToldSoAndThereIsRoomOnceOthersHaveGone() throws Exception {
    String listen = "GET /api/v1/status/stream HTTP/1.1\r\n" + HOST + "\r\n";
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < STREAMS; i++) {
        Socket socket = connect();
        held.add(socket);
        socket.getOutputStream().write(listen.getBytes(StandardCharsets.US_ASCII));
        byte[] begun = socket.getInputStream().readNBytes(12);
        assertThat(new String(begun, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
      }
      assertThat(ask("GET", "/api/v1/status/stream", HOST))
          .startsWith("HTTP/1.1 503")
          .contains("As many pages listen as may");
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
    for (int i = 0; i < 1_000; i++) {
      try (Socket socket = connect()) {
        socket.getOutputStream().write(listen.getBytes(StandardCharsets.US_ASCII));
        byte[] begun = socket.getInputStream().readNBytes(12);
        if (new String(begun, StandardCharsets.US_ASCII).equals("HTTP/1.1 200")) {
          return;
        }
      }
      Thread.sleep(10);
    }
    throw new AssertionError("no room again");
  }

  @Test
  void nothingOfAnAttackIsInTheAuditLogButWhatWasAsked() throws IOException {
    ask(
        "POST",
        "/api/v1/pause%0a%7b%22who%22:%22ada%22%7d%1b%5b2J",
        HOST + "X-Forwarded-For: 1\r\n");
    List<String> lines = Files.readAllLines(folder.resolve("stored/audit.jsonl"));
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst())
        .contains("\"from\":\"127.0.0.1\"", "%0a")
        .doesNotContain("\u001b", "\"who\":\"ada\"");
  }
}
