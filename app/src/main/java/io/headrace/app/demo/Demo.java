package io.headrace.app.demo;

import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Topic;
import io.headrace.app.broker.Topics;
import io.headrace.app.http.HttpService;
import io.headrace.app.report.RunReport;
import io.headrace.app.run.Attendant;
import io.headrace.engine.error.HeadraceException;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobSpec;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the demo: broker, topics, replay, training, page. A later start goes on where the one before
 * stopped; when the topic has every row, they are replayed once more.
 *
 * @param flights folder with the flights and their job
 * @param directory where broker and checkpoints keep their data
 * @param brokerPort of the embedded Kafka, 0 for any free one
 * @param port of the page, 0 for any free one
 * @param rows rows of one replay
 * @param rate rows a second; 0 for as fast as it goes
 * @param exit whether to end once the replay is consumed
 * @param settings {@code key=value} that the demo's job is to have besides
 * @param report where to write the summary as JSON
 */
public record Demo(
    Path flights,
    Path directory,
    int brokerPort,
    int port,
    long rows,
    double rate,
    boolean exit,
    List<String> settings,
    @Nullable Path report) {
  public Demo {
    settings = List.copyOf(settings);
  }

  private static final String TOPIC = "flights";
  private static final String METRICS_TOPIC = "headrace-metrics";

  /**
   * Runs until {@code stop} says so, or, with {@code exit}, until all is learned.
   *
   * @throws HeadraceException if a part cannot start, or fails
   */
  public RunReport run(PrintWriter out, BooleanSupplier stop) {
    Path data = flights.resolve("flights.avro");
    if (!Files.isRegularFile(data)) {
      throw new HeadraceException(
          "The demo's flights are not at %s. Start it as ./headrace demo from a complete checkout."
              .formatted(data));
    }
    out.println("Starting Kafka, data in " + directory + " ...");
    out.flush();
    try (var broker = EmbeddedBroker.start(directory.resolve("broker"), brokerPort)) {
      Map<String, String> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
      long before = createTopics(broker.bootstrapServers());
      long from = before % rows;
      long target = before - from + rows;
      try (var attendant =
              Attendant.start(
                  job(broker.bootstrapServers()),
                  false,
                  false,
                  "127.0.0.1",
                  OptionalInt.of(port),
                  false,
                  out);
          var replay = Replay.start(data, TOPIC, settings, from, rows, rate)) {
        out.printf(
            "Replaying %,d flights into topic %s of Kafka at %s%n",
            rows - from, TOPIC, broker.bootstrapServers());
        attendant.page().map(HttpService::uri).ifPresent(uri -> out.println("Page: " + uri));
        out.println("Ctrl-C stops with a checkpoint; the next start goes on from there.");
        out.flush();
        attendant.attend(() -> stop.getAsBoolean() || consumed(attendant, replay, target));
        return attendant.finish(report);
      }
    }
  }

  private boolean consumed(Attendant attendant, Replay replay, long target) {
    boolean sent = replay.finished();
    return exit && sent && attendant.settled() >= target;
  }

  private static long createTopics(String bootstrap) {
    try (var topics = Topics.at(bootstrap)) {
      topics.createIfMissing(METRICS_TOPIC, 1);
      Optional<Topic> before = topics.find(TOPIC);
      if (before.isPresent()) {
        return topics.written(before.get());
      }
      topics.createIfMissing(TOPIC, 1);
      return 0;
    }
  }

  private JobSpec job(String bootstrap) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "source.kafka.bootstrap=" + bootstrap,
                "source.kafka.topic=" + TOPIC,
                "metrics.topic=" + METRICS_TOPIC,
                "dead-letters.file=" + directory.resolve("dead-letters.avro"),
                "checkpoints.directory=" + directory.resolve("checkpoints")));
    all.addAll(settings);
    return JobFile.read(flights.resolve("job-kafka.yaml"), all);
  }
}
