package io.headrace.perf.peers;

import io.headrace.engine.StepResult;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Our engine in a job on the reference network: images read from CIFAR-10's files, shuffled,
 * decoded, normalised, assembled, with ring, metrics and checkpoints. The job's other threads come
 * on top of the engine's.
 */
record JobContestant(Path data, int threads) implements Contestant {
  private static final String YAML =
      """
      name: cifar10
      source: {file: {path: data_batch_*.bin, format: cifar10}}
      epochs: 1000
      shuffle: {}
      sample:
        label: {classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]}
        inputs: {image: {image: {shape: [32, 32, 3]}}}
      transforms:
        - normalize: {input: image, mean: 0.5, deviation: 0.5}
      model:
        - conv2d: {filters: 32, kernel: 3, padding: 1}
        - relu
        - max-pool: {size: 2}
        - conv2d: {filters: 64, kernel: 3, padding: 1}
        - relu
        - max-pool: {size: 2}
        - flatten
        - dense: {units: 128, activation: relu}
        - dense: {}
      loss: softmax
      optimizer: {adam: {learning-rate: 0.001}}
      batch: {size: 64}
      """;

  @Override
  public Side side() {
    return Side.JOB;
  }

  @Override
  public double samplesPerSecond(double seconds) {
    try {
      Path results = Files.createTempDirectory("headrace-peers");
      try {
        return samplesPerSecond(job(results), seconds);
      } finally {
        delete(results);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JobSpec job(Path results) throws IOException {
    List<String> settings =
        List.of(
            "engine.threads=" + threads,
            "checkpoints.directory=" + results.resolve("checkpoints"),
            "metrics.file=" + results.resolve("metrics.jsonl"));
    return JobFile.parse("cifar10.yaml", YAML, settings, data.toAbsolutePath());
  }

  private static double samplesPerSecond(JobSpec job, double seconds) {
    var watch = new Watch((long) (seconds * 1e9));
    var options = new JobRun.Options(List.of(), OptionalLong.empty(), watch);
    try (JobRun run = JobRun.start(job, options)) {
      watch.stop.complete(run::stop);
      TrainingStatus end = run.await();
      if (end.ledger().rejected() > 0) {
        throw new IllegalStateException("images were rejected: " + end.ledger());
      }
    }
    return watch.rows * 1e9 / (watch.now - watch.start);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Times steps on the trainer's thread, once the batches made in advance are used up. */
  private static final class Watch implements Consumer<StepResult> {
    private static final int UNTIMED_STEPS = 128;

    private final CompletableFuture<Runnable> stop = new CompletableFuture<>();
    private final long nanos;
    private long steps;
    private long rows;
    private long start;
    private long now;

    Watch(long nanos) {
      this.nanos = nanos;
    }

    @Override
    public void accept(StepResult step) {
      if (steps > UNTIMED_STEPS && now - start >= nanos) {
        stop.join().run();
        return;
      }
      steps++;
      now = System.nanoTime();
      if (steps <= UNTIMED_STEPS) {
        start = now;
      } else {
        rows += step.rows();
      }
    }
  }
}
