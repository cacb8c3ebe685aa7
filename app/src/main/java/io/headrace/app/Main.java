package io.headrace.app;

import io.headrace.app.command.HeadraceCommand;

/** Where the JVM starts: runs the command line and ends with its exit status. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(HeadraceCommand.commandLineFor(arguments).execute(arguments));
  }
}
