package io.headrace.app.command;

import io.headrace.app.demo.Demo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code headrace demo}: everything at once, on real flights. Used by one thread. */
@Command(
    name = "demo",
    description = {
      "Shows everything at once, on real flights. Start here.",
      "It starts a Kafka broker, replays real flights into a topic, learns from them as they arrive and shows it on a page, which it names. Ctrl-C stops it."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  headrace demo",
      "  headrace demo --exit --rows 100000 --report demo.json"
    })
final class DemoCommand implements Callable<Integer> {
  private static final double WATCHABLE_RATE = 4000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "Of the page on 127.0.0.1, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--broker-port",
      paramLabel = "PORT",
      defaultValue = "9092",
      description = "Of Kafka on 127.0.0.1, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int brokerPort;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      defaultValue = ".headrace",
      description = "Where topics and checkpoints are kept (default: ${DEFAULT-VALUE}).")
  private Path directory;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "300000",
      description = "Flights of one replay (default: ${DEFAULT-VALUE}, all there are).")
  private int rows;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Flights a second, 0 for as fast as it goes (default: 4000; with --exit 0).")
  private @Nullable Double rate;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Sets a key of the demo's job, e.g. access.tokens=FILE; may be repeated.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--exit", description = "End with a summary once the replay is consumed.")
  private boolean exit;

  @Option(names = "--report", paramLabel = "FILE", description = "Write the summary there as JSON.")
  private @Nullable Path report;

  @Override
  public Integer call() {
    if (rows < 1 || rows > 300_000) {
      throw new picocli.CommandLine.ParameterException(
          spec.commandLine(), "--rows " + rows + " is not within 1 to 300000");
    }
    double pace = rate == null ? (exit ? 0 : WATCHABLE_RATE) : rate;
    Path flights = Path.of(System.getProperty("headrace.home", "")).resolve("examples/flights");
    try (var stop = StopSignal.listen()) {
      new Demo(flights, directory, brokerPort, port, rows, pace, exit, settings, report)
          .run(spec.commandLine().getOut(), stop::isRequested);
    }
    return 0;
  }
}
