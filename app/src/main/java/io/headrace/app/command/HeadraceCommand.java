package io.headrace.app.command;

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
    mixinStandardHelpOptions = true,
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      ServeCommand.class,
      ProduceCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      ReplayCommand.class,
      ConvertCommand.class,
      CheckpointsCommand.class,
      ArchiveCommand.class,
      DeadLettersCommand.class,
      TokensCommand.class,
      KeysCommand.class,
      VerifyCommand.class,
      BrokerCommand.class,
      CompletionCommand.class
    })
public final class HeadraceCommand implements Runnable {
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
    return new CommandLine(new HeadraceCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Failures::usage)
        .setExecutionExceptionHandler(Failures::execution);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }
}
