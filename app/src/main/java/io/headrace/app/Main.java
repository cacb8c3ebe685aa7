package io.headrace.app;

import io.headrace.app.command.HeadraceCommand;

/**
 * Where the JVM starts: runs the command line and ends with its exit status. With {@code
 * -Dheadrace.keeping-classes=true} it rehearses instead.
 */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(
        Rehearsal.isAskedFor()
            ? Rehearsal.run(arguments)
            : HeadraceCommand.commandLineFor(arguments).execute(arguments));
  }
}
