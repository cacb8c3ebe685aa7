package io.headrace.app.command;

import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
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
    mixinStandardHelpOptions = true)
public final class HeadraceCommand implements Runnable {
  /** In the order of the usage. */
  private static final List<Entry> COMMANDS =
      List.of(
          new Entry("demo", DemoCommand::new),
          new Entry("run", RunCommand::new),
          new Entry("serve", ServeCommand::new),
          new Entry("follow", FollowCommand::new),
          new Entry("produce", ProduceCommand::new),
          new Entry("evaluate", EvaluateCommand::new),
          new Entry("predict", PredictCommand::new),
          new Entry("replay", ReplayCommand::new),
          new Entry("convert", ConvertCommand::new),
          new Entry("checkpoints", CheckpointsCommand::new),
          new Entry("archive", ArchiveCommand::new),
          new Entry("dead-letters", DeadLettersCommand::new),
          new Entry("tokens", TokensCommand::new),
          new Entry("keys", KeysCommand::new),
          new Entry("verify", VerifyCommand::new),
          new Entry("broker", BrokerCommand::new),
          new Entry("completion", CompletionCommand::new));

  private record Entry(String name, Supplier<Object> command) {}

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
    commands.forEach(entry -> line.addSubcommand(entry.name(), entry.command().get()));
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Failures::usage)
        .setExecutionExceptionHandler(Failures::execution);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }
}
