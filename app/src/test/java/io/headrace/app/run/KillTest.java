package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.FLIGHTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.app.CommandLineRun;
import io.headrace.app.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed, with no chance to tidy up, and started again. */
class KillTest {
  private static final int KILLS = 4;
  private static final long SEED = 20260101;

  @TempDir private Path folder;

  private final List<String> overrides = new ArrayList<>();

  @Test
  void endsWithTheSameBytesHoweverOftenItIsKilled() throws Exception {
    overrides.add("checkpoints.every-samples=20000");
    assertSameBytes(300_000);
  }

  @Test
  void endsWithTheSameBytesInShuffledEpochsToo() throws Exception {
    overrides.addAll(
        List.of("checkpoints.every-samples=30000", "epochs=3", "shuffle.buffer=130000"));
    assertSameBytes(900_000);
  }

  private void assertSameBytes(long samples) throws Exception {
    JsonNode whole = finish("whole");

    var random = new Random(SEED);
    int killed = 0;
    for (int i = 0; i < KILLS; i++) {
      long before = newestStep("killed");
      Process process = start("killed", folder.resolve("never.json"));
      int checkpoints = 1 + random.nextInt(3);
      for (int c = 0; c < checkpoints && process.isAlive(); c++) {
        before = awaitCheckpointBehind(before, process);
      }
      if (process.isAlive()) {
        process.destroyForcibly();
        killed++;
      }
      process.waitFor();
    }
    JsonNode resumed = finish("killed");

    assertThat(killed).as("kills in mid-run, seed %d", SEED).isPositive();
    assertThat(resumed.path("parametersSha256")).isEqualTo(whole.path("parametersSha256"));
    assertThat(resumed.path("samplesTrained").asLong()).isEqualTo(samples);
    assertThat(resumed.path("samplesRead").asLong()).isEqualTo(samples);
    assertThat(resumed.path("metrics")).isEqualTo(whole.path("metrics"));
  }

  private JsonNode finish(String name) throws Exception {
    Path report = folder.resolve(name + ".json");
    Process process = start(name, report);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(() -> read(folder.resolve(name + ".log"))).isZero();
    return CommandLineRun.report(report);
  }

  private Process start(String name, Path report) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "run",
            FLIGHTS.resolve("job.yaml").toString(),
            "--set",
            "checkpoints.directory=" + folder.resolve(name),
            "--report",
            report.toString()));
    overrides.forEach(override -> command.addAll(List.of("--set", override)));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(name + ".log").toFile())
        .start();
  }

  private long awaitCheckpointBehind(long step, Process process) throws InterruptedException {
    while (process.isAlive()) {
      long newest = newestStep("killed");
      if (newest > step) {
        return newest;
      }
      Thread.sleep(2);
    }
    return step;
  }

  private long newestStep(String name) {
    Path directory = folder.resolve(name);
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.matches("checkpoint-\\d+\\.safetensors"))
          .mapToLong(file -> Long.parseLong(file.replaceAll("\\D", "")))
          .max()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
