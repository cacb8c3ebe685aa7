package io.headrace.perf.faults;

import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.perf.load.EngineCeiling;
import io.headrace.perf.load.LoadJob;
import io.headrace.perf.load.LoadTopic;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Many more records than fit the heap wait in a topic while the engine runs at a hundredth of its
 * speed: what waits, waits in Kafka, and the consumer stays in its group. The job runs in a process
 * of its own with a small heap, the broker in this one.
 *
 * <pre>
 *  this process                      OverloadedJob, -Xmx96m
 *  broker ── records x 124 bytes ──▶ consumer ─▶ decoders ─▶ ring ─▶ engine, braked, then let go
 * </pre>
 *
 * @param records in the topic when the job starts
 * @param heapMegabytes all that the job's process may have
 * @param slow for how long the engine is slow
 * @param pollInterval {@code max.poll.interval.ms}: much less than {@code slow}
 */
public record Overload(long records, int heapMegabytes, Duration slow, Duration pollInterval) {
  /** Chunks of 1024 on their way through decoders and assembler, and what the ring holds. */
  private static final long MOST_IN_FLIGHT = 32 * 1024;

  private static final String RESULT = "result.";

  /** {@code [records [seconds]]}: 10,000,000 records and 60 seconds if not said otherwise. */
  public static void main(String[] args) throws IOException, InterruptedException {
    long records = args.length > 0 ? Long.parseLong(args[0]) : 10_000_000;
    long seconds = args.length > 1 ? Long.parseLong(args[1]) : 60;
    Path directory = Files.createTempDirectory("overload");
    try {
      var overload = new Overload(records, 96, Duration.ofSeconds(seconds), Duration.ofSeconds(10));
      overload.run(directory).forEach((name, value) -> System.out.println(name + " " + value));
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /**
   * Runs it.
   *
   * @return figures by name, as {@link OverloadedJob} tells them
   * @throws IllegalStateException if something was not as it has to be
   */
  public Map<String, String> run(Path directory) throws IOException, InterruptedException {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"), 0)) {
      var topic = LoadTopic.filled(broker.bootstrapServers(), "waiting", records);
      var job = LoadJob.on(topic, directory.resolve("answer"), List.of());
      String expected = new EngineCeiling(job).answer(records);
      Map<String, String> result = figures(child(topic, directory));
      check("parametersSha256", expected, result);
      check("trained", Long.toString(records), result);
      check("read", Long.toString(records), result);
      check("rebalances", "1.0", result);
      check("sameMember", "true", result);
      require(number("maxInFlight", result) < MOST_IN_FLIGHT, "records in flight", result);
      require(number("pauses", result) > 0, "the consumer was paused", result);
      require(
          number("longestMillisBetweenPolls", result) < pollInterval.toMillis(),
          "polls in time",
          result);
      require(number("trainedWhileSlow", result) < records / 4.0, "records that waited", result);
      return result;
    }
  }

  private List<String> child(LoadTopic topic, Path directory)
      throws IOException, InterruptedException {
    Path log = directory.resolve("job.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--") || argument.startsWith("-Dorg.apache.avro"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx" + heapMegabytes + "m",
            "-XX:+UseG1GC",
            "-XX:+ExitOnOutOfMemoryError",
            "-cp",
            System.getProperty("java.class.path"),
            OverloadedJob.class.getName(),
            topic.bootstrap(),
            topic.name(),
            Long.toString(records),
            directory.resolve("job").toString(),
            Long.toString(slow.toMillis()),
            Long.toString(pollInterval.toMillis())));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean ended = process.waitFor(slow.toSeconds() + 600, TimeUnit.SECONDS);
    process.destroyForcibly();
    List<String> lines = Files.readAllLines(log);
    if (!ended || process.exitValue() != 0) {
      throw new IllegalStateException(
          "the job "
              + (ended ? "failed with " + process.exitValue() : "did not end")
              + ": "
              + lines);
    }
    return lines;
  }

  private static Map<String, String> figures(List<String> lines) {
    Map<String, String> figures = new TreeMap<>();
    for (String line : lines) {
      int equals = line.indexOf('=');
      if (line.startsWith(RESULT) && equals > 0) {
        figures.put(line.substring(RESULT.length(), equals), line.substring(equals + 1));
      }
    }
    return figures;
  }

  private static double number(String name, Map<String, String> result) {
    return Double.parseDouble(result.getOrDefault(name, "NaN"));
  }

  private static void check(String name, String expected, Map<String, String> result) {
    require(expected.equals(result.get(name)), name + " is " + expected, result);
  }

  private static void require(boolean right, String what, Map<String, String> result) {
    if (!right) {
      throw new IllegalStateException("not so: " + what + ", in " + result);
    }
  }

  /** Prints a figure for {@link #figures} to find. */
  static void tell(String name, Object value) {
    System.out.println(RESULT + name + "=" + value);
  }
}
