package io.headrace.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.CommandLineRun;
import io.headrace.engine.error.HeadraceException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class HeadraceCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path directory;

  @Test
  void listsItsCommandsInTheHelp() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("Usage: headrace").contains("broker");
  }

  static Set<String> commands() {
    return HeadraceCommand.commandLine().getSubcommands().keySet();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theHelpOfACommandTeachesByExamplesThatItAccepts(String name) {
    CommandLine all = HeadraceCommand.commandLine();
    CommandLine command = Objects.requireNonNull(all.getSubcommands().get(name));
    List<String> examples =
        Arrays.stream(command.getCommandSpec().usageMessage().footer())
            .filter(line -> line.startsWith("  "))
            .toList();
    assertThat(examples).as(name).isNotEmpty();
    for (String example : examples) {
      String line = example.replaceAll(".*[|(] ?headrace|^ *headrace|\\)$", "").strip();
      var parsed = all.parseArgs(line.split(" "));
      assertThat(parsed.subcommand().commandSpec().name()).as(example).isEqualTo(name);
    }
    assertThat(run(name, "--help")).isZero();
    assertThat(out.toString()).containsIgnoringWhitespaces(examples.toArray(String[]::new));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theHelpOfACommandExplainsAllOfItAndSaysWhereToGoOn(String name) throws Exception {
    CommandLine command =
        Objects.requireNonNull(HeadraceCommand.commandLine().getSubcommands().get(name));
    List<CommandLine> all = new ArrayList<>(List.of(command));
    all.addAll(command.getSubcommands().values());
    for (CommandLine each : all) {
      var spec = each.getCommandSpec();
      assertThat(spec.usageMessage().description()).as(spec.qualifiedName()).isNotEmpty();
      for (var argument : spec.args()) {
        String what = spec.qualifiedName() + " " + argument.paramLabel();
        assertThat(String.join("", argument.description())).as(what).isNotBlank();
        assertThat(argument.arity().max() > 0 && argument.paramLabel().startsWith("<"))
            .as(what)
            .isFalse();
      }
      String last = spec.usageMessage().footer()[spec.usageMessage().footer().length - 1];
      Matcher more = Pattern.compile("More: (\\S+), \"(.*)\"").matcher(last);
      assertThat(more.matches()).as(last).isTrue();
      assertThat(CommandLineRun.HOME.resolve(more.group(1)))
          .content()
          .containsPattern("(?m)^##+ " + Pattern.quote(more.group(2)) + "$");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {55, 80, 200})
  void theListOfCommandsHasALineOrTwoForEach(int width) {
    String usage = HeadraceCommand.commandLine().setUsageHelpWidth(width).getUsageMessage();
    assertThat(usage.lines()).allMatch(line -> line.length() <= width);
    String list = usage.substring(usage.indexOf("Commands:"), usage.indexOf("Exit status:"));
    assertThat(list.lines().count()).isLessThan(width < 80 ? 60 : 36);
  }

  @Test
  void makesOnlyTheCommandThatIsAskedForAndMakesItTheSame() {
    CommandLine whole = HeadraceCommand.commandLine();
    whole
        .getSubcommands()
        .forEach(
            (name, command) -> {
              CommandLine part = HeadraceCommand.commandLineFor(name, "--help");
              assertThat(part.getSubcommands()).containsOnlyKeys(name);
              assertThat(part.getSubcommands())
                  .hasEntrySatisfying(
                      name,
                      made ->
                          assertThat(made.getUsageMessage())
                              .isEqualTo(command.getUsageMessage())
                              .contains("Usage: headrace " + name, "--log"));
              Command declared =
                  command.getCommandSpec().userObject().getClass().getAnnotation(Command.class);
              assertThat(declared.name()).isEqualTo(name);
            });
    for (List<String> other : List.of(List.<String>of(), List.of("--help"), List.of("runn"))) {
      assertThat(HeadraceCommand.commandLineFor(other.toArray(String[]::new)).getSubcommands())
          .containsOnlyKeys(whole.getSubcommands().keySet());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ru, run",
    "checkp, checkpoints",
    "compl, completion",
    "checkpoints ver, verify",
    "run --fre, --fresh",
    "run --insec, --insecure",
    "replay --js, --json",
    "completion z, zsh",
    "tokens create --role oper, operator"
  })
  void bashCompletesWhatWasBegun(String begun, String completed) throws Exception {
    Path script = Files.writeString(directory.resolve("completion"), completion("bash"));
    String words = "headrace " + begun;
    String last = words.substring(words.lastIndexOf(' ') + 1);
    assertThat(
            said(
                "bash",
                "-c",
                "source %s; COMP_WORDS=(%s); COMP_CWORD=%d; $(complete -p headrace | sed 's/.*-F \\([^ ]*\\).*/\\1/') headrace '%s' 2>/dev/null; echo \"${COMPREPLY[@]}\""
                    .formatted(script, words, words.split(" ").length - 1, last)))
        .isEqualTo(completed);
  }

  @Test
  void theScriptIsSoundBashThatZshCanReadToo() throws Exception {
    Path script = Files.writeString(directory.resolve("completion"), completion("zsh"));
    assertThat(said("bash", "-n", script.toString())).isEmpty();
    assertThat(Files.readString(script)).contains("bashcompinit", "compinit");
    assertThat(completion("bash")).isEqualTo(Files.readString(script));
    assertThat(run("completion", "fish")).isEqualTo(2);
  }

  private String completion(String shell) {
    out.getBuffer().setLength(0);
    assertThat(run("completion", shell)).isZero();
    return out.toString();
  }

  private static String said(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  @Test
  void writesTheLogAsObjectsOnLines() throws Exception {
    var context = new LoggerContext();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    var terminal = new ConsoleAppender<ILoggingEvent>();
    root.addAppender(terminal);

    LogForm.JSON.apply(root);

    var event =
        new LoggingEvent(
            "",
            root,
            Level.WARN,
            "a {} of\n\"words\"",
            new IllegalStateException("why"),
            new Object[] {"line"});
    String line = new String(terminal.getEncoder().encode(event), StandardCharsets.UTF_8);
    assertThat(line).endsWith("\n").hasLineCount(1);
    JsonNode object = new ObjectMapper().readTree(line);
    assertThat(object.path("level").asText()).isEqualTo("WARN");
    assertThat(object.path("formattedMessage").asText()).isEqualTo("a line of\n\"words\"");
    assertThat(object.path("throwable").path("message").asText()).isEqualTo("why");
    assertThat(object.path("timestamp").asLong()).isEqualTo(event.getTimeStamp());

    assertThat(run("broker", "--log", "xml")).isEqualTo(2);
    assertThat(err.toString()).contains("--log", "xml");
  }

  @Test
  void tellsItsVersionAsTheBuildWroteIt() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).matches("(?s)headrace \\d+\\.\\d+\\.\\d+.*JVM 2\\d.*");
  }

  @Test
  void endsWithTwoAndASuggestionOnWrongUsage() {
    assertThat(run("borker")).isEqualTo(2);
    assertThat(err.toString()).contains("headrace: Unmatched").contains("headrace broker");
    assertThat(run("broker", "--port", "x")).isEqualTo(2);
    assertThat(err.toString()).contains("'x' is not an int").contains("headrace broker --help");
    assertThat(run()).isEqualTo(2);
    assertThat(run("run", "job.yaml", "--allow", "anything")).isEqualTo(2);
    assertThat(err.toString()).contains("--allow anything: there is only --allow weights-only.");
  }

  @Test
  void endsWithOneAndOneLineWhenAPersonCanPutItRight() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      assertThat(run("broker", "--port", port, "--directory", directory.toString())).isOne();
      assertThat(err.toString()).startsWith("headrace: Port " + port).hasLineCount(1);
    }
  }

  @Test
  void showsTheStackTraceOfADefect() {
    assertThat(run("defect")).isOne();
    assertThat(err.toString())
        .contains("IllegalStateException: a defect for the test", "Please report it");
  }

  @Test
  void showsNoStackTraceOfAHeadraceException() {
    assertThat(run("fault")).isOne();
    assertThat(err.toString()).isEqualToIgnoringNewLines("headrace: a fault for the test");
  }

  private int run(String... arguments) {
    CommandLine commandLine =
        HeadraceCommand.commandLine()
            .addSubcommand(new Fault())
            .addSubcommand(new Defect())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .setExecutionExceptionHandler(Failures::execution);
    return commandLine.execute(arguments);
  }

  @Command(name = "fault")
  static final class Fault implements Runnable {
    @Override
    public void run() {
      throw new HeadraceException("a fault for the test");
    }
  }

  @Command(name = "defect")
  static final class Defect implements Runnable {
    @Override
    public void run() {
      throw new IllegalStateException("a defect for the test");
    }
  }
}
