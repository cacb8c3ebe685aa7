package io.headrace.app.command;

import io.headrace.app.broker.Topics;
import io.headrace.app.produce.RecordFile;
import io.headrace.app.produce.SampleProducer;
import io.headrace.app.report.PrettyJson;
import io.headrace.engine.config.ClientProperties;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.ingest.registry.RegistrySettings;
import io.headrace.ingest.registry.SchemaRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code headrace produce}: pushes labelled samples from a file to a topic. Used by one thread. */
@Command(
    name = "produce",
    description = {
      "Pushes the records of a file to a topic.",
      "The file is an Avro container (.avro, sent in single-object encoding, or with --registry in Confluent framing), CSV (.csv, its header line left out) or JSON lines."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example:",
      "  headrace produce --topic flights --from examples/flights/flights.avro --rate 4000"
    })
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
      description =
          "Any Kafka client setting, e.g. security.protocol=SSL; may be repeated. $${env:NAME} and $${file:PATH} in it stand for what they hold.")
  private Map<String, String> properties = new HashMap<>();

  @Option(
      names = "--registry",
      paramLabel = "URL",
      description =
          "Register the schema of an Avro container in this registry, and send in Confluent framing.")
  private Optional<String> registry = Optional.empty();

  @Option(
      names = "--registry-user",
      paramLabel = "NAME",
      description = "Name for the registry's basic authentication.")
  private Optional<String> registryUser = Optional.empty();

  @Option(
      names = "--registry-secret",
      paramLabel = "PLACE",
      description =
          "Where the password is, or without a name the bearer token: env:NAME or file:PATH.")
  private Optional<String> registrySecret = Optional.empty();

  @Option(
      names = "--subject",
      paramLabel = "S",
      description = "Subject to register under (default: the topic's name and -value).")
  private Optional<String> subject = Optional.empty();

  @Option(names = "--json", description = "Say what was sent as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Map<String, String> settings = new HashMap<>(ClientProperties.resolved(properties));
    settings.put("bootstrap.servers", bootstrap);
    try (var stop = StopSignal.listen();
        RecordFile records = open();
        var topics = new Topics(settings, Duration.ofSeconds(10))) {
      topics.createIfMissing(topic, partitions);
      try (var producer = new SampleProducer(topic, settings)) {
        long start = System.nanoTime();
        producer.send(records, rows, rate, stop::isRequested);
        tell(producer.acknowledged(), (System.nanoTime() - start) / 1e9);
      }
    }
    return 0;
  }

  private void tell(long sent, double seconds) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          PrettyJson.text(
              PrettyJson.object()
                  .put("file", file.toString())
                  .put("topic", topic)
                  .put("records", sent)
                  .put("seconds", seconds)));
    } else {
      out.printf(
          Locale.ROOT,
          "%,d records of %s sent to topic %s in %.1f s (%,.0f/s)%n",
          sent,
          file,
          topic,
          seconds,
          sent / seconds);
    }
  }

  private RecordFile open() {
    if (registry.isEmpty()) {
      return RecordFile.open(file);
    }
    var client = new SchemaRegistry(registrySettings(registry.get()), Path.of(""));
    return RecordFile.openConfluent(
        file, schema -> client.register(subject.orElse(topic + "-value"), schema));
  }

  private RegistrySettings registrySettings(String url) {
    try {
      return RegistrySettings.of(url, registryUser, registrySecret);
    } catch (InvalidSettingException e) {
      String option = e.key().equals("url") ? "--registry" : "--registry-" + e.key();
      throw new HeadraceException(option + " " + e.getMessage(), e);
    }
  }
}
