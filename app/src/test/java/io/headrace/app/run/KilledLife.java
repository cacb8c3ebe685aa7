package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.app.CommandLineRun;
import io.headrace.app.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a job in processes of its own, which are killed. A process starts cheaply: the smallest
 * collector, one compiler, and kernels without the Vector API, which needs the other one.
 *
 * @param folder of checkpoints, reports and logs, by the name of a life
 * @param settings in the form of {@code --set}
 */
record KilledLife(Path folder, Path job, List<String> settings) {
  private static final int START_MILLIS = 1_500;
  private static final int WORK_MILLIS = 400;

  /** A job over the flights' features, with few weights. */
  static KilledLife ofFlights(Path folder, Path job, List<String> settings) {
    var all = new ArrayList<>(List.of("sample.inputs.features.sparse.bits=14"));
    all.addAll(settings);
    return new KilledLife(folder, job, all);
  }

  /**
   * Starts and kills, until it was killed {@code most} times or had come to its end.
   *
   * @return how often it was killed
   */
  int live(String name, Random random, int most) throws Exception {
    for (int killed = 0; killed < most; killed++) {
      long before = written(name);
      Process process = run(name, folder.resolve("never.json"));
      if (random.nextInt(4) == 0) { // at whatever it does as it starts
        process.waitFor(random.nextInt(START_MILLIS), TimeUnit.MILLISECONDS);
      } else {
        while (process.isAlive() && written(name) == before) {
          Thread.sleep(2);
        }
        process.waitFor(random.nextInt(WORK_MILLIS), TimeUnit.MILLISECONDS);
      }
      boolean alive = process.isAlive();
      process.destroyForcibly().waitFor();
      if (!alive) {
        assertThat(process.exitValue()).as(() -> read(folder.resolve(name + ".log"))).isZero();
        return killed;
      }
    }
    return most;
  }

  /** Runs to the end and gives the report. */
  JsonNode finish(String name) throws Exception {
    Path report = folder.resolve(name + ".json");
    Process process = run(name, report);
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(() -> read(folder.resolve(name + ".log"))).isZero();
    return CommandLineRun.report(report);
  }

  CommandLineRun show(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      Path newest =
          files
              .filter(file -> file.toString().endsWith(".safetensors"))
              .max(Path::compareTo)
              .orElseThrow();
      return CommandLineRun.of("checkpoints", "show", "--json", newest);
    }
  }

  /** Trains what the life recorded once more, and gives what that said. */
  String replay(String name) throws Exception {
    String checkpoints = folder.resolve(name).toString();
    Process process = start(name, "replay", "--from", "start", "--to", checkpoints);
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
    String said = read(folder.resolve(name + ".log"));
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }

  private Process run(String name, Path report) throws IOException {
    String checkpoints = "checkpoints.directory=" + folder.resolve(name);
    return start(name, "run", "--report", report.toString(), "--set", checkpoints);
  }

  private Process start(String name, String verb, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m"));
    command.addAll(
        List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
    command.add("-Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.headrace.schemas");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(verb, job.toString()));
    command.addAll(List.of(options));
    settings.forEach(setting -> command.addAll(List.of("--set", setting)));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(name + ".log").toFile())
        .start();
  }

  /** Grows with every batch that is recorded and every checkpoint. */
  private long written(String name) {
    Path directory = folder.resolve(name);
    long bytes = 0;
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          String its = file.getFileName().toString();
          bytes += its.endsWith(".log") ? Files.size(file) : 0;
          bytes += its.endsWith(".safetensors") ? Long.parseLong(its.replaceAll("\\D", "")) : 0;
        }
      } catch (NoSuchFileException deletedMeanwhile) {
        return -1;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return bytes;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
