package io.headrace.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.access.ApiToken;
import io.headrace.app.access.FailureLimit;
import io.headrace.app.access.Role;
import io.headrace.engine.Checkpoint;
import io.headrace.engine.sample.Ledger;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what, for every route that there is. */
class PermissionsTest {
  private static final String CHECKPOINT = "checkpoint-000000000007.safetensors";

  /**
   * What a stranger, a viewer, a producer, an operator and an admin get. 404 of samples and 400 of
   * predictions come from behind the gates: this job takes none, and the body is empty.
   */
  private static final Map<String, List<Integer>> OF_THE_JOB =
      Map.ofEntries(
          Map.entry("GET /api/v1/status", List.of(401, 200, 200, 200, 200)),
          Map.entry("GET /api/v1/status/history", List.of(401, 200, 403, 200, 200)),
          Map.entry("GET /api/v1/status/stream", List.of(401, 200, 403, 200, 200)),
          Map.entry("GET /api/v1/checkpoints", List.of(401, 200, 403, 200, 200)),
          Map.entry("GET /api/v1/checkpoints/{name}", List.of(401, 200, 403, 200, 200)),
          Map.entry("GET /api/v1/checkpoints/{name}/verify", List.of(401, 200, 403, 200, 200)),
          Map.entry("POST /api/v1/checkpoints/{name}/restore", List.of(401, 403, 403, 200, 200)),
          Map.entry("POST /api/v1/checkpoints", List.of(401, 403, 403, 201, 201)),
          Map.entry("GET /api/v1/dead-letters", List.of(401, 200, 403, 200, 200)),
          Map.entry("GET /api/v1/dead-letters/show", List.of(401, 200, 403, 200, 200)),
          Map.entry("POST /api/v1/dead-letters/replay", List.of(401, 403, 403, 200, 200)),
          Map.entry("GET /api/v1/events", List.of(401, 200, 403, 200, 200)),
          Map.entry("POST /api/v1/pause", List.of(401, 403, 403, 200, 200)),
          Map.entry("POST /api/v1/resume", List.of(401, 403, 403, 200, 200)),
          Map.entry("POST /api/v1/samples", List.of(401, 403, 404, 403, 404)),
          Map.entry("POST /api/v1/stop", List.of(401, 403, 403, 200, 200)),
          Map.entry("POST /api/v1/start", List.of(401, 403, 403, 200, 200)),
          Map.entry("POST /api/v1/predict", List.of(401, 400, 403, 400, 400)));

  private static final Map<String, List<Integer>> OF_THE_SERVICE =
      Map.ofEntries(
          Map.entry("GET /api/v1/jobs", List.of(401, 200, 200, 200, 200)),
          Map.entry("GET /api/v1/session", List.of(200, 200, 200, 200, 200)),
          Map.entry("POST /api/v1/session", List.of(401, 200, 200, 200, 200)),
          Map.entry("DELETE /api/v1/session", List.of(204, 204, 204, 204, 204)),
          Map.entry("GET /api/v1/openapi.yaml", List.of(200, 200, 200, 200, 200)),
          Map.entry("GET /prometheus", List.of(401, 200, 403, 200, 200)),
          Map.entry("GET /health", List.of(200, 200, 200, 200, 200)),
          Map.entry("GET /health/{selector}", List.of(200, 200, 200, 200, 200)));

  private static final Map<String, List<Integer>> EXPECTED = expected();

  @TempDir private Path folder;
  private SecuredService secured;

  /** What is asked of the only job may be asked of it by its name. */
  private static Map<String, List<Integer>> expected() {
    Map<String, List<Integer>> all = new TreeMap<>(OF_THE_SERVICE);
    OF_THE_JOB.forEach(
        (route, statuses) -> {
          all.put(route, statuses);
          all.put(route.replace("/api/v1/", "/api/v1/jobs/{job}/"), statuses);
        });
    return all;
  }

  @BeforeEach
  void start() {
    Path stored = folder.resolve("stored");
    var store = DirectoryCheckpointStore.forWriting(stored, 9);
    store.write(
        new Checkpoint("job", "spec", 7, 1, Ledger.EMPTY, new TreeMap<>(), new TreeMap<>()));
    var job = new MovingJob();
    job.checkpoints = Optional.of(stored);
    job.stored = store.list();
    job.letters = Optional.of(new KeptLetters(folder));
    secured = new SecuredService(folder, job);
  }

  @AfterEach
  void stop() {
    secured.close();
  }

  @Test
  void everyRouteAnswersEachCallerAsItShould() throws Exception {
    List<String> routes =
        secured.service.routes().stream()
            .filter(route -> !route.startsWith("HEAD ") && !route.startsWith("OPTIONS "))
            .toList();
    assertThat(routes)
        .as("Give a new route its line in this test.")
        .containsExactlyInAnyOrderElementsOf(EXPECTED.keySet());

    List<Role> roles = List.of(Role.VIEWER, Role.PRODUCER, Role.OPERATOR, Role.ADMIN);
    assertThat(Role.values()).containsExactlyElementsOf(roles);
    List<String> secrets = roles.stream().map(secured::secret).toList();
    String expired = secured.token("expired", Role.ADMIN, Duration.ofMinutes(-1)).secret();
    ApiToken.Made revoked = secured.token("revoked", Role.ADMIN, Duration.ofDays(1));
    secured.tokens.revoke(revoked.token().id());
    String unknown = secrets.getLast().substring(1) + "x";

    var softly = new SoftAssertions();
    for (String route : routes) {
      List<Integer> expected = EXPECTED.getOrDefault(route, List.of());
      softly.assertThat(status(route)).as(route + " anonymous").isEqualTo(expected.getFirst());
      if (route.startsWith("GET ") && expected.getFirst() == 401) {
        softly
            .assertThat(status(route.replaceFirst("GET", "HEAD")))
            .as(route + " asked with HEAD")
            .isEqualTo(401);
      }
      for (String secret : List.of(expired, revoked.secret(), unknown)) {
        secured.clock.pass(Duration.ofMinutes(1)); // or this address would have to wait
        softly
            .assertThat(status(route, SecuredService.bearer(secret)))
            .as(route + " with a token that is none")
            .isEqualTo(expected.getFirst());
      }
      for (int i = 0; i < roles.size(); i++) {
        secured.job.state = needed(route);
        softly
            .assertThat(status(route, SecuredService.bearer(secrets.get(i))))
            .as(route + " " + roles.get(i))
            .isEqualTo(expected.get(i + 1));
      }
    }
    softly.assertAll();
  }

  @Test
  void whatNobodyAnswersIsRefusedUnlessItIsAFileOfThePage() throws Exception {
    assertThat(status("GET /")).isEqualTo(200);
    assertThat(status("GET /page.js")).isEqualTo(200);
    assertThat(status("GET /nothing")).isEqualTo(404);
    assertThat(status("POST /nothing")).isEqualTo(401);
    assertThat(status("DELETE /api/v1/checkpoints")).isEqualTo(401);
  }

  @Test
  void strangersLearnOnlyWhetherTheServiceIsUp() throws Exception {
    HttpResponse<String> stranger = secured.send("GET", "/health");
    assertThat(stranger.body()).contains("\"status\":\"UP\"").doesNotContain("flight-delay");
    assertThat(
            secured
                .send("GET", "/health", SecuredService.bearer(secured.secret(Role.VIEWER)))
                .body())
        .contains("flight-delay");
  }

  @Test
  void aTokenEndsWhenItExpiresOrIsRevokedWhileTheServiceRuns() throws Exception {
    ApiToken.Made made = secured.token("ci", Role.VIEWER, Duration.ofHours(1));
    assertThat(status("GET /api/v1/status", SecuredService.bearer(made.secret()))).isEqualTo(200);
    secured.clock.pass(Duration.ofHours(1));
    assertThat(status("GET /api/v1/status", SecuredService.bearer(made.secret()))).isEqualTo(401);

    ApiToken.Made other = secured.token("ci", Role.VIEWER, Duration.ofHours(1));
    assertThat(status("GET /api/v1/status", SecuredService.bearer(other.secret()))).isEqualTo(200);
    secured.tokens.revoke(other.token().id());
    HttpResponse<String> refused =
        secured.send("GET", "/api/v1/status", SecuredService.bearer(other.secret()));
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(refused.body()).contains("headrace tokens create").doesNotContain(other.secret());
  }

  @Test
  void aPageSignsInOnceAndOutAgain() throws Exception {
    ApiToken.Made made = secured.token("Ada", Role.OPERATOR, Duration.ofHours(1));
    HttpResponse<String> signedIn =
        secured.send("POST", "/api/v1/session", SecuredService.bearer(made.secret()));
    assertThat(signedIn.body()).contains("\"name\":\"Ada\"", "operate").doesNotContain("push");
    String set = signedIn.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(set)
        .containsIgnoringCase("; HttpOnly")
        .contains("; SameSite=Strict", "; Path=/")
        .doesNotContain(made.secret());
    String cookie = set.substring(0, set.indexOf(';'));

    assertThat(status("POST /api/v1/pause", "Cookie", cookie)).isEqualTo(200);
    assertThat(status("POST /api/v1/pause", "Cookie", cookie, "Sec-Fetch-Site", "cross-site"))
        .isEqualTo(403);
    assertThat(status("POST /api/v1/pause", "Cookie", cookie, "Origin", "https://evil.example"))
        .isEqualTo(403);
    assertThat(
            secured
                .send("DELETE", "/api/v1/session", "Cookie", cookie)
                .headers()
                .firstValue("Set-Cookie"))
        .hasValueSatisfying(gone -> assertThat(gone).contains("Max-Age=0"));
    assertThat(status("POST /api/v1/pause", "Cookie", cookie)).isEqualTo(401);
  }

  @Test
  void aSessionEndsWithItsTokenAndAfterHalfADay() throws Exception {
    ApiToken.Made made = secured.token("Ada", Role.VIEWER, Duration.ofDays(2));
    String first = cookie(made);
    secured.clock.pass(Sessions.LONGEST);
    assertThat(status("GET /api/v1/status", "Cookie", first)).isEqualTo(401);

    String second = cookie(made);
    assertThat(status("GET /api/v1/status", "Cookie", second)).isEqualTo(200);
    secured.tokens.revoke(made.token().id());
    assertThat(status("GET /api/v1/status", "Cookie", second)).isEqualTo(401);
  }

  @Test
  void guessersWait() throws Exception {
    String good = secured.secret(Role.VIEWER);
    for (int i = 0; i < FailureLimit.MOST; i++) {
      String elsewhere = "192.0.2." + i; // anybody can write that
      int refused =
          status(
              "GET /api/v1/status",
              "Authorization",
              "Bearer guess-" + i,
              "X-Forwarded-For",
              elsewhere,
              "Forwarded",
              "for=" + elsewhere,
              "X-Real-IP",
              elsewhere);
      assertThat(refused).isEqualTo(401);
    }
    HttpResponse<String> limited =
        secured.send("GET", "/api/v1/status", SecuredService.bearer("another"));
    assertThat(limited.statusCode()).isEqualTo(429);
    int wait = Integer.parseInt(limited.headers().firstValue("Retry-After").orElseThrow());
    assertThat(wait).isBetween(1, 61);
    assertThat(status("GET /api/v1/status", SecuredService.bearer(good))).isEqualTo(429);
    assertThat(status("GET /health")).isEqualTo(200);

    secured.clock.pass(Duration.ofSeconds(wait));
    assertThat(status("GET /api/v1/status", SecuredService.bearer(good))).isEqualTo(200);
  }

  @Test
  void everyCallThatChangesSomethingIsInTheAuditLogRefusedOnesToo() throws Exception {
    ApiToken.Made ada = secured.token("Ada", Role.OPERATOR, Duration.ofHours(1));
    ApiToken.Made bob = secured.token("Bob", Role.VIEWER, Duration.ofHours(1));
    status("GET /api/v1/status", SecuredService.bearer(ada.secret()));
    status("POST /api/v1/pause", SecuredService.bearer(ada.secret()));
    status("POST /api/v1/pause", SecuredService.bearer(ada.secret())); // is paused already
    status("POST /api/v1/pause", SecuredService.bearer(bob.secret()));
    status("POST /api/v1/checkpoints");
    status(
        "POST /api/v1/pause",
        "Authorization",
        "Bearer " + ada.secret(),
        "Sec-Fetch-Site",
        "cross-site");
    status("POST /api/v1/no%0Aforged%22line");
    secured.job.state = JobState.RUNNING;
    secured.job.diskFull = true;
    status("POST /api/v1/checkpoints", SecuredService.bearer(ada.secret()));

    List<String> lines = Files.readAllLines(secured.audit);
    assertThat(lines.stream().map(PermissionsTest::withoutTime))
        .containsExactly(
            line("Ada", ada.token().id(), "POST", "/api/v1/pause", 200, "done"),
            line("Ada", ada.token().id(), "POST", "/api/v1/pause", 409, "refused"),
            line("Bob", bob.token().id(), "POST", "/api/v1/pause", 403, "refused"),
            line("anonymous", "", "POST", "/api/v1/checkpoints", 401, "refused"),
            line("Ada", ada.token().id(), "POST", "/api/v1/pause", 403, "refused"),
            line("anonymous", "", "POST", "/api/v1/no%0Aforged%22line", 401, "refused"),
            line("Ada", ada.token().id(), "POST", "/api/v1/checkpoints", 503, "failed"));
    assertThat(String.join("", lines)).doesNotContain(ada.secret(), bob.secret());
    assertThat(Files.getPosixFilePermissions(secured.audit)).hasSize(2);
  }

  @Test
  void nothingIsChangedWhileTheAuditLogCannotBeWritten() throws Exception {
    String operator = secured.secret(Role.OPERATOR);
    Files.delete(secured.audit);
    Files.createDirectory(secured.audit); // no file can be opened there now
    assertThat(status("POST /api/v1/pause", SecuredService.bearer(operator))).isEqualTo(503);
    secured.job.state = JobState.RUNNING;
    assertThat(status("POST /api/v1/pause", SecuredService.bearer(operator))).isEqualTo(503);
    assertThat(secured.job.state).isEqualTo(JobState.RUNNING);

    Files.delete(secured.audit);
    assertThat(status("POST /api/v1/pause", SecuredService.bearer(operator))).isEqualTo(503);
    assertThat(secured.job.state).isEqualTo(JobState.RUNNING);
    await(() -> status("POST /api/v1/pause", SecuredService.bearer(operator)) == 200);
    assertThat(secured.job.state).isEqualTo(JobState.PAUSED);
    assertThat(Files.readAllLines(secured.audit))
        .hasSizeGreaterThan(1)
        .first(InstanceOfAssertFactories.STRING)
        .contains("\"status\":503,\"outcome\":\"failed\"");
  }

  private static JobState needed(String route) {
    return route.endsWith("/resume")
        ? JobState.PAUSED
        : route.endsWith("/start") ? JobState.STOPPED : JobState.RUNNING;
  }

  private static void await(Callable<Boolean> happened) throws Exception {
    long end = System.nanoTime() + 10_000_000_000L;
    while (!happened.call()) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(10);
    }
  }

  private String cookie(ApiToken.Made made) throws IOException, InterruptedException {
    String set =
        secured
            .send("POST", "/api/v1/session", SecuredService.bearer(made.secret()))
            .headers()
            .firstValue("Set-Cookie")
            .orElseThrow();
    return set.substring(0, set.indexOf(';'));
  }

  private int status(String route, String... headers) throws IOException, InterruptedException {
    String[] parts = route.split(" ", 2);
    return secured.status(
        parts[0],
        parts[1]
            .replace("{job}", "flight-delay")
            .replace("{name}", CHECKPOINT)
            .replace("{selector}", "liveness")
            .replace("/show", "/show?letter=" + KeptLetters.FIRST)
            .replace("/replay", "/replay?dry-run=true"),
        headers);
  }

  private static String withoutTime(String line) {
    assertThat(line).startsWith("{\"time\":\"20").contains("\"from\":\"127.0.0.1\"");
    return line.substring(line.indexOf("\"who\""));
  }

  private static String line(
      String who, String token, String method, String path, int status, String outcome) {
    return "\"who\":\"%s\",\"token\":\"%s\",\"method\":\"%s\",\"path\":\"%s\",\"from\":\"127.0.0.1\",\"status\":%d,\"outcome\":\"%s\"}"
        .formatted(who, token, method, path, status, outcome);
  }
}
