package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.FLIGHTS;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.CommandLineRun;
import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.http.Exposure;
import io.headrace.app.http.HttpService;
import io.headrace.app.http.JobState;
import io.headrace.app.http.JobStatus;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A producer sends what is no flight: the job pauses until an operator lets it go on. */
class PausedRunTest {
  private static final int SOUND = 20_000;
  private static final int BROKEN = 30_000;

  @TempDir private static Path folder;

  @Test
  void pausesStaysInItsGroupAndGoesOnWhenItIsResumedOverHttp() throws Exception {
    try (var broker = EmbeddedBroker.start(folder.resolve("broker"), 0)) {
      produce(broker, FLIGHTS.resolve("flights.avro"), SOUND);
      produce(broker, broken(), BROKEN);
      produce(broker, FLIGHTS.resolve("flights.avro"), SOUND);
      var checkpoints = new LastCheckpoint();
      try (var run = train(broker, checkpoints)) {
        var view = new RunView(run, checkpoints);
        try (var http = HttpService.start(Exposure.local(0), view.served())) {
          JobStatus paused = await(view, status -> status.job().state() == JobState.PAUSED);
          assertThat(paused.job().message())
              .contains("rejection-limit.fraction 0.5 allows", "POST /api/v1/resume");
          assertThat(paused.ledger().read()).isLessThan(SOUND + BROKEN);
          assertThat(get(http.uri().resolve("/health"))).contains("\"UP\"", "\"paused\"");
          assertThat(members(broker)).as("members of the group").isEqualTo(1);
          long read = view.status().ledger().read();

          int resumes = 0;
          while (view.status().ledger().trained() < 2 * SOUND) {
            assertThat(view.status().job().state()).isIn(JobState.RUNNING, JobState.PAUSED);
            if (view.status().job().state() == JobState.PAUSED) {
              resumes += post(http.uri().resolve("/api/v1/resume")) == 200 ? 1 : 0;
            }
            Thread.sleep(10);
          }
          assertThat(resumes).isPositive();
          JobStatus.Account end = view.status().ledger();
          assertThat(end.read()).isEqualTo(2 * SOUND + BROKEN).isGreaterThan(read);
          assertThat(end.rejected()).isEqualTo(BROKEN);
          assertThat(end.inFlight()).isZero();

          assertThat(get(http.uri().resolve("/api/v1/dead-letters?limit=1")))
              .contains("\"letters\" : " + BROKEN, "\"wrong-schema\" : " + BROKEN);
          String one = "positions=" + SOUND;
          assertThat(post(http.uri().resolve("/api/v1/dead-letters/replay?" + one))).isEqualTo(200);
          await(view, status -> status.ledger().rejected() == BROKEN + 1);
          await(view, _ -> failedAgain(http).contains("\"failedAgain\" : 1"));
          assertThat(get(http.uri().resolve("/api/v1/events?code=rejection-rate")))
              .contains("POST /api/v1/resume");
        }
      }
    }
  }

  /** The record that was put back, as it was rejected behind all others. */
  private static String failedAgain(HttpService http) {
    try {
      return get(
          http.uri().resolve("/api/v1/dead-letters?positions=" + (2 * SOUND + BROKEN) + ".."));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JobRun train(EmbeddedBroker broker, LastCheckpoint checkpoints) {
    return JobRun.start(
        JobFile.read(
            FLIGHTS.resolve("job-kafka.yaml"),
            List.of(
                "source.kafka.bootstrap=" + broker.bootstrapServers(),
                "source.kafka.subscribe=true",
                "checkpoints.directory=" + folder.resolve("checkpoints"),
                "dead-letters.file=" + folder.resolve("dead.avro"))),
        new JobRun.Options(List.of(checkpoints), OptionalLong.empty(), step -> {}));
  }

  private static Path broken() throws IOException {
    return Files.writeString(
        folder.resolve("broken.txt"),
        IntStream.range(0, BROKEN)
            .mapToObj(i -> "no flight " + i)
            .collect(Collectors.joining("\n")));
  }

  private static void produce(EmbeddedBroker broker, Path file, int rows) {
    CommandLineRun sent =
        CommandLineRun.of(
            "produce",
            "--topic",
            "flights",
            "--from",
            file,
            "--rows",
            rows,
            "--bootstrap",
            broker.bootstrapServers());
    sent.mustSucceed();
  }

  private static JobStatus await(RunView view, Predicate<JobStatus> condition)
      throws InterruptedException {
    JobStatus status = view.status();
    while (!condition.test(status)) {
      assertThat(status.job().state()).isNotEqualTo(JobState.FAILED);
      Thread.sleep(10);
      status = view.status();
    }
    return status;
  }

  private static int members(EmbeddedBroker broker) throws Exception {
    try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      var groups = admin.describeConsumerGroups(List.of("headrace")).all().get();
      return Objects.requireNonNull(groups.get("headrace")).members().size();
    }
  }

  private static String get(URI uri) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static int post(URI uri) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.ofString())
        .statusCode();
  }
}
