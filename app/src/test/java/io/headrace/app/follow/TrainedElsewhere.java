package io.headrace.app.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.http.ServedJob;
import io.headrace.ingest.push.BodyRecords.Form;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.pipeline.serve.Prediction;
import io.headrace.sink.CheckpointStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/** A job that learns from the lines of a file as they come, for others to follow. */
final class TrainedElsewhere implements AutoCloseable {
  private static final int BATCH = 10;

  /** Rows that always wait for a batch: of a followed file the last is not known to be whole. */
  private static final int FEW = 5;

  final JobSpec job;
  final JobRun run;
  private final Path rows;
  private final int slope;

  private TrainedElsewhere(JobSpec job, Path rows, int slope, boolean changed) {
    this.job = job;
    this.rows = rows;
    this.slope = slope;
    this.run =
        JobRun.start(
            job,
            new JobRun.Options(
                List.of(),
                OptionalLong.empty(),
                step -> {},
                text -> {},
                changed ? Optional.of(told -> {}) : Optional.empty()));
  }

  static JobSpec job(Path folder, String name, String... settings) {
    String text =
        """
        name: %s
        source: {file: {path: %s.csv, format: csv, follow: true}}
        sample:
          label: {field: y, type: number}
          inputs: {x: {dense: {fields: [a]}}}
        model: [linear]
        loss: squared
        optimizer: {sgd: {learning-rate: 0.001}}
        batch: {size: 10, linger-ms: 600000}
        serve: {refresh-ms: 1}
        checkpoints: {directory: %s, every-samples: 1000000}
        """
            .formatted(name, name, folder.resolve(name));
    return JobFile.parse("job.yaml", text, List.of(settings), folder);
  }

  /**
   * @param slope of what there is to learn
   */
  static TrainedElsewhere start(Path folder, String name, int slope, String... settings)
      throws IOException {
    Path rows = folder.resolve(name + ".csv");
    if (!Files.exists(rows)) {
      Files.writeString(rows, "a,b,y\n" + "1,1,0\n".repeat(FEW));
    }
    return new TrainedElsewhere(job(folder, name, settings), rows, slope, false);
  }

  /** The same job with other settings, which takes the weights that fit. */
  static TrainedElsewhere startChanged(Path folder, String name, int slope, String... settings) {
    Path rows = folder.resolve(name + ".csv");
    return new TrainedElsewhere(job(folder, name, settings), rows, slope, true);
  }

  /** Learns so many more rows, in whole batches, and writes a checkpoint. */
  CheckpointStore.Entry learn(int count) throws IOException, InterruptedException {
    var csv = new StringBuilder();
    for (int i = 0; i < count; i++) {
      csv.append(i % 7).append(",1,").append(i % 7 * slope).append('\n');
    }
    long before = run.status().ledger().trained();
    Files.writeString(rows, csv, StandardOpenOption.APPEND);
    await(() -> run.status().ledger().trained() == before + (long) count / BATCH * BATCH);
    return run.checkpoint().orElseThrow();
  }

  Path file(CheckpointStore.Entry checkpoint) {
    return job.checkpoints().directory().orElseThrow().resolve(checkpoint.name());
  }

  /** What the trainer itself says, of the state that it is in. */
  Prediction.Made predicted(long step) throws InterruptedException {
    await(
        () ->
            ask(run.live().orElseThrow()::predict) instanceof Prediction.Made made
                && made.step() == step);
    return (Prediction.Made) ask(run.live().orElseThrow()::predict);
  }

  interface Asked {
    Prediction predict(Form form, byte[] body);
  }

  static Prediction ask(Asked model) {
    String rows = "[{\"a\":3,\"b\":1},{\"a\":0.5,\"b\":1},{\"a\":-7,\"b\":1}]";
    return model.predict(Form.JSON, rows.getBytes(StandardCharsets.UTF_8));
  }

  static Prediction ask(ServedJob served) {
    return ask(served.predictions().orElseThrow().model()::predict);
  }

  /** That what follows says, bit for bit, what the trainer says of that checkpoint. */
  void assertFollowedBy(ServedJob served, CheckpointStore.Entry checkpoint)
      throws InterruptedException {
    await(() -> ask(served) instanceof Prediction.Made made && made.step() == checkpoint.step());
    var followed = (Prediction.Made) ask(served);
    Prediction.Made own = predicted(checkpoint.step());
    assertThat(followed.outputs()).containsExactly(own.outputs());
    assertThat(followed.trained()).isEqualTo(own.trained());
    assertThat(followed.positions()).isEqualTo(own.positions());
  }

  static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(5);
    }
  }

  @Override
  public void close() {
    run.close();
  }
}
