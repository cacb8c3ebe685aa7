package io.headrace.app.command;

import io.headrace.app.letters.FileLetters;
import io.headrace.app.letters.KafkaLetters;
import io.headrace.app.letters.KafkaTopic;
import io.headrace.app.letters.Letters;
import io.headrace.engine.config.ClientProperties;
import io.headrace.engine.error.HeadraceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say where dead letters are. */
final class LettersFrom {
  @ArgGroup(multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // by picocli
  private Place place;

  static final class Place {
    @Option(names = "--from", paramLabel = "FILE", description = "The dead-letters.file of a job.")
    private @Nullable Path file;

    @Option(names = "--topic", paramLabel = "T", description = "The dead-letters.topic of a job.")
    private @Nullable String topic;
  }

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:9092",
      description = "The Kafka brokers (default: ${DEFAULT-VALUE}).")
  private String bootstrap = "";

  @Option(
      names = "--property",
      paramLabel = "KEY=VALUE",
      description =
          "Any Kafka client setting, e.g. security.protocol=SSL; may be repeated. $${env:NAME} and $${file:PATH} in it stand for what they hold.")
  private Map<String, String> properties = new HashMap<>();

  @Mixin private KeysOptions keys;

  Letters letters() {
    if (place.topic != null) {
      return new KafkaLetters(topic(place.topic));
    }
    Path file = java.util.Objects.requireNonNull(place.file);
    if (!Files.isRegularFile(file)) {
      throw new HeadraceException(
          "--from %s: there is no such file. Name the dead-letters.file of a job; it is made with the first start of the job."
              .formatted(file));
    }
    return new FileLetters(file, keys.seal().blocks(Optional.empty()));
  }

  KafkaTopic topic(String name) {
    Map<String, String> settings = new HashMap<>(ClientProperties.resolved(properties));
    settings.put("bootstrap.servers", bootstrap);
    return KafkaTopic.find(name, settings);
  }
}
