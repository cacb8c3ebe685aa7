package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.FLIGHTS;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.CommandLineRun;
import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Topics;
import io.headrace.app.http.Exposure;
import io.headrace.app.http.HttpService;
import io.headrace.app.http.JobState;
import io.headrace.app.http.JobStatus;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import io.headrace.schemas.Schemas;
import io.headrace.schemas.TrainingMetricsRecord;
import io.headrace.sink.WholeTopic;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.apache.avro.message.BadHeaderException;
import org.apache.avro.message.MissingSchemaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Samples come from one broker, metrics go to another one that stops in between. */
class MetricsBrokerAwayTest {
  private static final String TOPIC = "figures";

  @TempDir private static Path folder;

  @Test
  void trainsOnWithoutTheMetricsBrokerAndTellsItTheNewestWhenItIsBack() throws Exception {
    try (var samples = EmbeddedBroker.start(folder.resolve("samples"), 0)) {
      var metrics = EmbeddedBroker.start(folder.resolve("metrics"), 0);
      createTopic(metrics);
      produce(samples, 20_000);
      var checkpoints = new LastCheckpoint();
      try (var run = train(samples, metrics, checkpoints)) {
        var view = new RunView(run, checkpoints);
        await(run, () -> run.status().ledger().trained() == 20_000);
        metrics.close();

        produce(samples, 60_000);
        await(run, () -> run.status().ledger().trained() == 80_000);
        await(run, () -> run.eventsConflated() > 0);

        JobStatus status = view.status();
        assertThat(status.job().state()).isEqualTo(JobState.RUNNING);
        assertThat(status.metrics().conflated()).isPositive();
        assertThat(status.checkpoints().written()).as("told by another sink").isPositive();
        try (var http = HttpService.start(Exposure.local(0), view.served())) {
          assertThat(prometheus(http.uri()))
              .containsPattern("headrace_metrics_conflated_total\\{.*} [1-9]");
        }

        metrics = EmbeddedBroker.start(folder.resolve("metrics"), metrics.port());
        long before = run.status().steps();
        produce(samples, 6_400);
        await(run, () -> run.status().ledger().trained() == 86_400);
        EmbeddedBroker back = metrics;
        await(run, () -> newestStep(back) > before);
      } finally {
        metrics.close();
      }
    }
  }

  private static JobRun train(
      EmbeddedBroker samples, EmbeddedBroker metrics, LastCheckpoint checkpoints) {
    List<String> settings =
        List.of(
            "source.kafka.bootstrap=" + samples.bootstrapServers(),
            "source.kafka.topic=flights",
            "batch.size=64",
            "metrics.topic=" + TOPIC,
            "metrics.bootstrap=" + metrics.bootstrapServers(),
            "metrics.window-samples=64",
            "checkpoints.every-samples=1000",
            "checkpoints.directory=" + folder.resolve("checkpoints"));
    return JobRun.start(
        JobFile.read(FLIGHTS.resolve("job-kafka.yaml"), settings),
        new JobRun.Options(List.of(checkpoints), OptionalLong.empty(), step -> {}));
  }

  private static void createTopic(EmbeddedBroker broker) {
    try (var topics =
        new Topics(
            Map.of("bootstrap.servers", broker.bootstrapServers()), Duration.ofSeconds(10))) {
      topics.createIfMissing(TOPIC, 1);
    }
  }

  private static void produce(EmbeddedBroker broker, int rows) {
    CommandLineRun sent =
        CommandLineRun.of(
            "produce",
            "--topic",
            "flights",
            "--from",
            FLIGHTS.resolve("flights.avro"),
            "--rows",
            rows,
            "--bootstrap",
            broker.bootstrapServers());
    sent.mustSucceed();
  }

  /** Waits as long as it takes, or until the run fails. */
  private static void await(JobRun run, BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      assertThat(run.status().failure()).isNull();
      Thread.sleep(20);
    }
  }

  private static String prometheus(URI page) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(page.resolve("/prometheus")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** The step of the newest metrics on the topic. */
  private static long newestStep(EmbeddedBroker broker) {
    Schemas.trust();
    return WholeTopic.read(broker.bootstrapServers(), TOPIC, new ByteArrayDeserializer()).stream()
        .mapToLong(message -> step(message.value()))
        .max()
        .orElse(-1);
  }

  private static long step(byte[] message) {
    try {
      return TrainingMetricsRecord.getDecoder().decode(message).getStep();
    } catch (MissingSchemaException | BadHeaderException other) {
      return -1; // a checkpoint
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
