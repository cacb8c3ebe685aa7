package io.headrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.command.HeadraceCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One command, executed in this JVM.
 *
 * @param status its exit status
 * @param out what it printed
 * @param err what it said in faults
 */
public record CommandLineRun(int status, String out, String err) {
  /** The folder of the checkout. */
  public static final Path HOME = home();

  public static final Path FLIGHTS = HOME.resolve("examples/flights");

  public static CommandLineRun of(Object... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    List<String> words = new ArrayList<>();
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    int status =
        HeadraceCommand.commandLineFor(words.toArray(String[]::new))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(words.toArray(String[]::new));
    return new CommandLineRun(status, out.toString(), err.toString());
  }

  /** Fails the test, with what the command said, unless it ended well. */
  public void mustSucceed() {
    assertThat(status).as(err).isZero();
  }

  /**
   * Starts a command in a process of its own, with this JVM's classes.
   *
   * @param log gets all that it prints
   */
  public static Process inOwnProcess(Path log, List<Object> arguments) throws IOException {
    return new ProcessBuilder(commandOf(arguments))
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  /** All words of a command in a process of its own, with this JVM's classes. */
  public static List<String> commandOf(List<Object> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    arguments.forEach(argument -> command.add(argument.toString()));
    return command;
  }

  /** Reads a file of {@code --report}. */
  public static JsonNode report(Path file) {
    try {
      return new ObjectMapper().readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path home() {
    Path folder = Path.of("").toAbsolutePath();
    while (!folder.resolve("mvnw").toFile().exists()) {
      folder = java.util.Objects.requireNonNull(folder.getParent(), "no checkout around the tests");
    }
    return folder;
  }
}
