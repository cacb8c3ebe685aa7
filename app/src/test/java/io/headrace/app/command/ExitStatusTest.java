package io.headrace.app.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.headrace.app.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each exit status comes as the table in docs/operations.md says. */
@Timeout(120)
class ExitStatusTest {
  private static final Path OPERATIONS = CommandLineRun.HOME.resolve("docs/operations.md");

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
      Process kill =
          new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
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

  @Test
  void anInterruptedRunHasWrittenItsCheckpoint() throws Exception {
    assumeThat(Files.readString(Path.of("/proc/self/status")))
        .as("a shell that starts the tests in the background has them ignore it")
        .doesNotContainPattern("SigIgn:\\s+[0-9a-f]+[2367abef]\n");
    assertThat(statusBehind("INT")).isEqualTo(ExitStatus.INTERRUPTED.code());
    assertThat(checkpoints()).hasSize(1);
  }

  @Test
  void aKilledRunHasNot() throws Exception {
    assertThat(statusBehind("KILL")).isEqualTo(ExitStatus.KILLED.code());
    assertThat(checkpoints()).isEmpty();
  }
}
