package io.headrace.app.command;

import io.headrace.app.broker.Topics;
import io.headrace.app.produce.RecordFile;
import io.headrace.app.produce.SampleProducer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code headrace produce}: pushes labelled samples from a file to a topic. Used by one thread. */
@Command(
    name = "produce",
    description =
        "Pushes the records of a file to a topic: an Avro container (.avro, sent in single-object encoding), CSV (.csv, its header line left out) or JSON lines.",
    mixinStandardHelpOptions = true)
final class ProduceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--topic", paramLabel = "T", required = true, description = "Where to send.")
  private String topic;

  @Option(names = "--from", paramLabel = "FILE", required = true, description = "What to send.")
  private Path file;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "0",
      description = "Records a second; 0 for as fast as it goes (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "9223372036854775807",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description = "Send at most this many (default: all).")
  private long rows;

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:9092",
      description = "The Kafka brokers (default: ${DEFAULT-VALUE}).")
  private String bootstrap;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "1",
      description = "Partitions of the topic if it has to be created (default: ${DEFAULT-VALUE}).")
  private int partitions;

  @Option(
      names = "--property",
      paramLabel = "KEY=VALUE",
      description = "Any Kafka client setting, e.g. security.protocol=SSL; may be repeated.")
  private Map<String, String> properties = new HashMap<>();

  @Override
  public Integer call() throws IOException {
    Map<String, String> settings = new HashMap<>(properties);
    settings.put("bootstrap.servers", bootstrap);
    try (var stop = StopSignal.listen();
        RecordFile records = RecordFile.open(file);
        var topics = new Topics(settings, Duration.ofSeconds(10))) {
      topics.createIfMissing(topic, partitions);
      try (var producer = new SampleProducer(topic, settings)) {
        long start = System.nanoTime();
        producer.send(records, rows, rate, stop::isRequested);
        double seconds = (System.nanoTime() - start) / 1e9;
        spec.commandLine()
            .getOut()
            .printf(
                "%,d records of %s sent to topic %s in %.1f s (%,.0f/s)%n",
                producer.acknowledged(), file, topic, seconds, producer.acknowledged() / seconds);
      }
    }
    return 0;
  }
}
