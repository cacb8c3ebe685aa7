package io.headrace.app.command;

import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.engine.config.ClientProperties;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code headrace broker}: the embedded Kafka alone, until Ctrl-C. Used by one thread. */
@Command(
    name = "broker",
    description = {
      "Runs the embedded Kafka broker alone, for producers and jobs on this machine.",
      "Ctrl-C stops it."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  headrace broker"})
final class BrokerCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "9092",
      description = "TCP port on 127.0.0.1, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      defaultValue = ".headrace/broker",
      description = "Where topics and records are kept (default: ${DEFAULT-VALUE}).")
  private Path directory;

  @Option(
      names = "--property",
      paramLabel = "KEY=VALUE",
      description =
          "Any setting of a Kafka broker, in place of Headrace's own; may be repeated. $${env:NAME} and $${file:PATH} in it stand for what they hold.")
  private Map<String, String> properties = new HashMap<>();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (var stop = StopSignal.listen();
        var broker = EmbeddedBroker.start(directory, port, ClientProperties.resolved(properties))) {
      out.printf(
          "Kafka listens on %s, data in %s. Ctrl-C stops it.%n",
          broker.bootstrapServers(), directory);
      out.flush();
      stop.await();
    }
    return 0;
  }
}
