package io.headrace.app.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.headrace.app.CommandLineRun;
import io.headrace.app.Screen;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each exit status comes as the table in docs/operations.md says. */
@Timeout(120)
class ExitStatusTest {
  private static final Path OPERATIONS = CommandLineRun.HOME.resolve("docs/operations.md");

  private static final int CTRL_C = 3;

  @TempDir private Path folder;

  /** A job whose file never ends. */
  private Path job(String more) throws IOException {
    Path rows = folder.resolve("rows.jsonl");
    Files.writeString(rows, "{\"a\": 1, \"y\": 1}\n{\"a\": 2, \"y\": 2}\n".repeat(50));
    return Files.writeString(
        folder.resolve("job.yaml"),
        """
        name: endless
        source: {file: {path: %s, format: jsonl, follow: true}}
        sample:
          label: {field: y, type: number}
          inputs: {x: {dense: {fields: [a]}}}
        model: [linear: {input: x}]
        loss: squared
        optimizer: {sgd: {learning-rate: 0.01}}
        batch: {size: 10, linger-ms: 5}
        checkpoints: {directory: %s}
        %s
        """
            .formatted(rows, folder.resolve("checkpoints"), more));
  }

  /** The status of a process that was sent a signal once it had begun to learn. */
  private int statusBehind(String signal) throws Exception {
    Path log = folder.resolve("log");
    Process process = CommandLineRun.inOwnProcess(log, List.of("run", job("")));
    try {
      while (!Files.readString(log).contains("endless  100 samples")) {
        assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
        Thread.sleep(20);
      }
      Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
      assertThat(kill.waitFor()).isZero();
      return process.waitFor();
    } finally {
      process.destroyForcibly();
    }
  }

  private List<String> checkpoints() throws IOException {
    try (var files = Files.list(folder.resolve("checkpoints"))) {
      return files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith("tensors")).toList();
    }
  }

  @Test
  void theTableAndTheHelpHaveAllOfThem() throws IOException {
    String page = Files.readString(OPERATIONS);
    String table = page.substring(page.indexOf("| exit status |"));
    List<Integer> documented = new ArrayList<>();
    Pattern.compile("(?m)^\\| (\\d+) \\|")
        .matcher(table.substring(0, table.indexOf("\n\n")))
        .results()
        .forEach(row -> documented.add(Integer.valueOf(row.group(1))));
    assertThat(documented)
        .containsExactlyElementsOf(
            Arrays.stream(ExitStatus.values()).map(ExitStatus::code).toList());
    String help = CommandLineRun.of("--help").out();
    assertThat(help.substring(help.indexOf("Exit status:")))
        .contains(documented.stream().map(code -> "  " + code + " ").toList());
  }

  @Test
  void doneFailedWrongUsageAndASpentBudget() throws IOException {
    Path finite = job("privacy: {noise: 2, budget: 9, seed: 1}");
    String end = "source.file.follow=false";
    assertThat(CommandLineRun.of("run", finite, "--set", end, "--set", "epochs=1").status())
        .isEqualTo(ExitStatus.DONE.code());
    CommandLineRun spent =
        CommandLineRun.of("run", finite, "--fresh", "--set", end, "--set", "epochs=1000");
    assertThat(spent.status()).as(spent.err()).isEqualTo(ExitStatus.BUDGET_SPENT.code());
    assertThat(CommandLineRun.of("run", folder.resolve("none.yaml")).status())
        .isEqualTo(ExitStatus.FAILED.code());
    assertThat(CommandLineRun.of("run", "--prot", "8080").status())
        .isEqualTo(ExitStatus.USAGE.code());
  }

  @Test
  void outOfMemoryIsToldApart() throws Exception {
    // As the launcher starts it, in a heap that its own classes fill.
    Path program =
        Files.writeString(
            folder.resolve("Full.java"),
            "void main() { var all = new java.util.ArrayList<byte[]>();"
                + " while (true) { all.add(new byte[1 << 20]); } }");
    String launcher = Files.readString(CommandLineRun.HOME.resolve("headrace"));
    assertThat(launcher).contains("-XX:+ExitOnOutOfMemoryError");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:+ExitOnOutOfMemoryError",
                program.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(ExitStatus.OUT_OF_MEMORY.code());
  }

  @Test
  void aTerminatedRunHasWrittenItsCheckpoint() throws Exception {
    assertThat(statusBehind("TERM")).isEqualTo(ExitStatus.TERMINATED.code());
    assertThat(checkpoints()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NO_COLOR=", "NO_COLOR=1"})
  void ctrlCOnATerminalLeavesOneWholeLineOfProgressAndACheckpoint(String colours) throws Exception {
    String command =
        CommandLineRun.commandOf(List.of("run", job(""))).stream()
            .map(word -> "'" + word + "'")
            .collect(Collectors.joining(" "));
    // A shell that starts tests in the background has them ignore the signal, and all below them.
    String terminal =
        "stty cols 40; exec env --default-signal=INT TERM=xterm %s %s".formatted(colours, command);
    Process process =
        new ProcessBuilder("script", "-qec", terminal, "/dev/null")
            .redirectErrorStream(true)
            .start();
    try (Reader reader = process.inputReader(UTF_8)) {
      var printed = new StringWriter();
      while (!printed.toString().contains("100 samples")) {
        int next = reader.read();
        assertThat(next).as(printed.toString()).isNotNegative();
        printed.write(next);
      }
      process.getOutputStream().write(CTRL_C);
      process.getOutputStream().flush();
      reader.transferTo(printed);
      assertThat(process.waitFor()).isEqualTo(ExitStatus.INTERRUPTED.code());
      assertThat(checkpoints()).hasSize(1);
      String text = printed.toString();
      assertThat(text.contains("\u001b[1mendless")).isEqualTo(colours.equals("NO_COLOR="));
      assertThat(new Screen(40).show(text.replace("\r\n", "\n")))
          .as("cut to the terminal, and without its ^C")
          .filteredOn(line -> line.contains("100 samples  "))
          .singleElement(STRING)
          .startsWith("endless  100 samples  ")
          .hasSizeLessThan(40)
          .doesNotContain("^C");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aKilledRunHasNot() throws Exception {
    assertThat(statusBehind("KILL")).isEqualTo(ExitStatus.KILLED.code());
    assertThat(checkpoints()).isEmpty();
  }
}
