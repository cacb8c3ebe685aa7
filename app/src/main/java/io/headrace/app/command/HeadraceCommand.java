package io.headrace.app.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command {@code headrace} itself: holds the list of commands, and alone only shows the usage.
 * Used by one thread.
 */
@Command(
    name = "headrace",
    description = "Trains a model on a stream of labelled samples that never ends.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  headrace demo                      a broker, flights, a model that learns, and its page",
      "  headrace run examples/flights/job.yaml",
      "  headrace run --help                each command explains itself",
      "",
      "More: README.md; docs/configuration.md has every key of a job, docs/operations.md the rest."
    })
public final class HeadraceCommand implements Runnable {
  /** In the order of the usage. */
  private static final List<Entry> COMMANDS =
      List.of(
          new Entry("demo", DemoCommand::new, "README.md", "Two commands"),
          new Entry("run", RunCommand::new, "docs/operations.md", "Starting and stopping"),
          new Entry(
              "serve", ServeCommand::new, "docs/operations.md", "Several jobs in one process"),
          new Entry(
              "follow",
              FollowCommand::new,
              "docs/operations.md",
              "Following a job that is trained elsewhere"),
          new Entry("produce", ProduceCommand::new, "docs/formats.md", "Samples"),
          new Entry("evaluate", EvaluateCommand::new, "docs/formats.md", "Report"),
          new Entry(
              "predict", PredictCommand::new, "docs/operations.md", "Predictions while it learns"),
          new Entry("replay", ReplayCommand::new, "docs/operations.md", "Starting and stopping"),
          new Entry("convert", ConvertCommand::new, "docs/formats.md", "Samples"),
          new Entry(
              "checkpoints",
              CheckpointsCommand::new,
              "docs/operations.md",
              "Back to an earlier checkpoint"),
          new Entry("archive", ArchiveCommand::new, "docs/operations.md", "The archive"),
          new Entry("dead-letters", DeadLettersCommand::new, "docs/operations.md", "Dead letters"),
          new Entry("tokens", TokensCommand::new, "docs/operations.md", "Who may do what"),
          new Entry("keys", KeysCommand::new, "docs/operations.md", "Encryption of what is kept"),
          new Entry("verify", VerifyCommand::new, "docs/formats.md", "Exported models"),
          new Entry("broker", BrokerCommand::new, "README.md", "Commands"),
          new Entry("completion", CompletionCommand::new, "README.md", "Commands"));

  /**
   * @param page document that goes on where the usage ends, and its section
   */
  private record Entry(String name, Supplier<Object> command, String page, String section) {
    void addTo(CommandLine line) {
      line.addSubcommand(name, command.get());
      pointOn(Objects.requireNonNull(line.getSubcommands().get(name)));
    }

    private void pointOn(CommandLine added) {
      UsageMessageSpec usage = added.getCommandSpec().usageMessage();
      List<String> footer = new ArrayList<>(List.of(usage.footer()));
      footer.addAll(List.of("", "More: %s, \"%s\"".formatted(page, section)));
      usage.footer(footer.toArray(String[]::new));
      added.getSubcommands().values().forEach(this::pointOn);
    }
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--log",
      paramLabel = "text|json",
      scope = ScopeType.INHERIT,
      description = "Writes the log on stderr as text, or as a JSON object a line.")
  void log(LogForm form) {
    form.apply();
  }

  /** The whole command line, ready to execute arguments and to say what went wrong. */
  public static CommandLine commandLine() {
    return commandLine(COMMANDS);
  }

  /**
   * What is needed of it to execute these arguments: only the command that they begin with, because
   * making all of them takes a good part of a quick start.
   */
  public static CommandLine commandLineFor(String... arguments) {
    List<Entry> wanted =
        COMMANDS.stream()
            .filter(entry -> arguments.length > 0 && entry.name().equals(arguments[0]))
            .toList();
    return wanted.isEmpty() ? commandLine() : commandLine(wanted);
  }

  private static CommandLine commandLine(List<Entry> commands) {
    var line = new CommandLine(new HeadraceCommand());
    line.getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit status:%n")
        .exitCodeList(ExitStatus.meanings());
    commands.forEach(entry -> entry.addTo(line));
    return line.setUsageHelpAutoWidth(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Failures::usage)
        .setExecutionExceptionHandler(Failures::execution);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }
}
