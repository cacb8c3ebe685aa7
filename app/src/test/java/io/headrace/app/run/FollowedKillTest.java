package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.CommandLineRun;
import io.headrace.app.Main;
import io.headrace.app.broker.Ports;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that follows a file is killed, with no chance to tidy up, and started again while the
 * file is written in pieces that end anywhere, and rotated: the model ends as that of a process
 * that read all lines from one file. {@code -Dfollow.kills=N} sets how often.
 */
class FollowedKillTest {
  private static final int KILLS = Integer.getInteger("follow.kills", 3);
  private static final long SEED = Long.getLong("headrace.seed", 20260501);
  private static final int BATCH = 64;
  private static final int BATCHES_A_LIFE = 200;
  private static final int PIECES_A_LIFE = 300;
  private static final int ROWS = BATCH * BATCHES_A_LIFE * (KILLS + 1);
  private static final String HEADER = "late,origin,hour,distance\n";
  private static final String[] AIRPORTS = {"ORD", "LGA", "SFO", "LAX", "HNL", "OGG", "ATL", "MIA"};
  private static final String JOB =
      """
      name: followed
      source:
        file: {path: flights.csv, format: csv}
      sample:
        label: {field: late, classes: [on-time, late]}
        inputs:
          features:
            sparse:
              fields: [origin, hour, distance]
              cross: [[origin, hour]]
              bits: 14
      model:
        - linear: {input: features}
      loss: logistic
      optimizer: {ftrl: {learning-rate: 1.0}}
      batch: {size: 64, linger-ms: 600000}
      engine: {threads: 1}
      checkpoints: {every-samples: 2000, keep: 2}
      """;

  @TempDir private Path folder;

  private final Random random = new Random(SEED);
  private final StringBuilder pending = new StringBuilder(HEADER);
  private int rotations;

  private Path log() {
    return folder.resolve("flights.csv");
  }

  @Test
  void everyLineIsLearnedOnceHoweverOftenItIsKilled() throws Exception {
    Files.writeString(folder.resolve("job.yaml"), JOB);
    String rows = rows();
    int port = Ports.free(0);
    int at = 0;
    int killed = 0;
    Process process = start(port);
    for (int life = 0; life <= KILLS; life++) {
      int part = rows.length() / (KILLS + 1) * (life + 1);
      int to = life == KILLS ? rows.length() : rows.indexOf('\n', part) + 1;
      await(port, process, learnedBefore -> learnedBefore >= 0);
      write(rows.substring(at, to), PIECES_A_LIFE);
      at = to;
      if (life < KILLS) {
        killed += process.isAlive() ? 1 : 0;
        process.destroyForcibly().waitFor();
        rotate();
        process = start(port);
      }
    }
    await(port, process, trained -> trained >= ROWS);
    process.destroy();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    JsonNode followed = CommandLineRun.report(folder.resolve("followed.json"));

    Files.writeString(log(), HEADER + rows);
    Path whole = folder.resolve("whole.json");
    CommandLineRun run =
        CommandLineRun.of(
            "run",
            folder.resolve("job.yaml"),
            "--report",
            whole,
            "--set",
            "checkpoints.directory=" + folder.resolve("whole"));
    run.mustSucceed();
    JsonNode once = CommandLineRun.report(whole);
    assertThat(killed).isEqualTo(KILLS);
    assertThat(rotations).as("rotations").isGreaterThan(2 * KILLS);
    assertThat(followed.path("samplesTrained").asLong()).isEqualTo(ROWS);
    assertThat(followed.path("samplesRejected").asLong()).isZero();
    assertThat(followed.path("samplesLost").asLong()).isZero();
    assertThat(followed.path("metrics")).isEqualTo(once.path("metrics"));
    assertThat(followed.path("parametersSha256")).isEqualTo(once.path("parametersSha256"));
  }

  private String rows() {
    var rows = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      rows.append(random.nextInt(4) == 0 ? "late," : "on-time,")
          .append(AIRPORTS[random.nextInt(AIRPORTS.length)])
          .append(',')
          .append(random.nextInt(24))
          .append(',')
          .append(random.nextInt(3000) / 1000.0)
          .append('\n');
    }
    return rows.toString();
  }

  /** Appends text in so many pieces, which end anywhere, and rotates now and then. */
  private void write(String text, int pieces) throws Exception {
    int at = 0;
    for (int i = 0; i < pieces; i++) {
      int to =
          i == pieces - 1
              ? text.length()
              : at + random.nextInt(Math.max(1, 2 * (text.length() - at) / (pieces - i)));
      pending.append(text, at, to);
      at = to;
      append(pending.toString());
      pending.setLength(0);
      if (random.nextInt(60) == 0 && text.charAt(at - 1) == '\n') {
        rotate();
      } else if (random.nextInt(100) == 0 && at < text.length()) {
        int line = text.indexOf('\n', at) + 1;
        append(text.substring(at, line));
        at = line;
        rotate();
      }
      Thread.sleep(random.nextInt(4));
    }
  }

  private void append(String text) throws IOException {
    Files.writeString(log(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void rotate() throws IOException {
    if (pending.isEmpty()) {
      rotations++;
      Path rotated = folder.resolve("flights.csv." + rotations);
      Files.move(log(), rotated);
      if (random.nextInt(3) == 0) {
        pack(rotated);
      }
      pending.append(HEADER);
    }
  }

  private void pack(Path file) throws IOException {
    Path packed = folder.resolve(file.getFileName() + ".gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      Files.copy(file, out);
    }
    Files.setLastModifiedTime(packed, Files.getLastModifiedTime(file));
    Files.delete(file);
  }

  /** Waits for what the process says it has learned. */
  private void await(int port, Process process, java.util.function.LongPredicate enough)
      throws Exception {
    HttpRequest ask =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/status")).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (true) {
        assertThat(process.isAlive()).as(this::said).isTrue();
        try {
          String now = client.send(ask, BodyHandlers.ofString()).body();
          JsonNode trained = new ObjectMapper().readTree(now).path("ledger").path("trained");
          if (trained.isNumber() && enough.test(trained.asLong())) {
            return;
          }
        } catch (ConnectException e) {
          // It is starting.
        }
        Thread.sleep(20);
      }
    }
  }

  private Process start(int port) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "run",
            folder.resolve("job.yaml").toString(),
            "--port",
            String.valueOf(port),
            "--report",
            folder.resolve("followed.json").toString()));
    for (String setting :
        List.of(
            "source.file.follow=true",
            "source.file.poll-ms=5",
            "checkpoints.directory=" + folder.resolve("followed"))) {
      command.addAll(List.of("--set", setting));
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("followed.log").toFile()))
        .start();
  }

  private String said() {
    try {
      return Files.readString(folder.resolve("followed.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
