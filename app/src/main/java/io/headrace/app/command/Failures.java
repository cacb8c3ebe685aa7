package io.headrace.app.command;

import io.headrace.app.letters.Printable;
import io.headrace.engine.error.HeadraceException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What a person sees when a command fails: one line where they can put it right, a stack trace
 * where only we can. Stateless.
 */
final class Failures {
  private Failures() {}

  static int usage(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("headrace: " + Printable.of(String.valueOf(failure.getMessage())));
    if (!UnmatchedArgumentException.printSuggestions(failure, err)) {
      err.println("Try '%s --help'.".formatted(command.getCommandSpec().qualifiedName()));
    }
    err.flush();
    return ExitStatus.USAGE.code();
  }

  static int execution(Exception failure, CommandLine command, ParseResult arguments) {
    PrintWriter err = command.getErr();
    if (failure instanceof HeadraceException) {
      err.println("headrace: " + Printable.of(String.valueOf(failure.getMessage())));
    } else {
      failure.printStackTrace(err);
      err.println(
          "headrace: This is a defect in Headrace. Please report it with the lines above and the command that you ran.");
    }
    err.flush();
    return ExitStatus.FAILED.code();
  }
}
