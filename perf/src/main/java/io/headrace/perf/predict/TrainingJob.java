package io.headrace.perf.predict;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The flights example in a process of its own, over and over. Whoever starts it closes it. */
final class TrainingJob implements AutoCloseable {
  /** What it had done at a moment, since its start. */
  record Done(long nanoTime, long trained, Duration processor) {}

  private static final Pattern TRAINED =
      Pattern.compile("\"ledger\":\\{\"read\":\\d+,\"trained\":(\\d+)");

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process process;
  private final URI uri;

  private TrainingJob(Process process, URI uri) {
    this.process = process;
    this.uri = uri;
  }

  /**
   * Starts it, and returns when it trains.
   *
   * @param more settings of the job
   */
  static TrainingJob start(Path launcher, int port, Path folder, List<String> more)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                launcher.toString(),
                "run",
                launcher.resolveSibling("examples/flights/job.yaml").toString(),
                "--port",
                String.valueOf(port),
                "--set",
                "epochs=1000000",
                "--set",
                "checkpoints.directory=" + folder.resolve("checkpoints-" + port)));
    more.forEach(setting -> command.addAll(List.of("--set", setting)));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("job.log").toFile())
            .start();
    var job = new TrainingJob(process, URI.create("http://127.0.0.1:" + port + "/"));
    job.awaitTraining();
    return job;
  }

  private void awaitTraining() throws InterruptedException {
    for (int i = 0; i < 600 && process.isAlive(); i++) {
      try {
        if (done().trained() > 0) {
          return;
        }
      } catch (IOException notYet) {
        // it has not begun to listen
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException("the job does not train; see job.log");
  }

  URI uri() {
    return uri;
  }

  Done done() throws IOException, InterruptedException {
    HttpRequest status = HttpRequest.newBuilder(uri.resolve("/api/v1/status")).build();
    String body = client.send(status, BodyHandlers.ofString()).body();
    Matcher trained = TRAINED.matcher(body);
    if (!trained.find()) {
      throw new IOException("no status: " + body);
    }
    Duration processor = process.info().totalCpuDuration().orElse(Duration.ZERO);
    return new Done(System.nanoTime(), Long.parseLong(trained.group(1)), processor);
  }

  @Override
  public void close() {
    client.close();
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
