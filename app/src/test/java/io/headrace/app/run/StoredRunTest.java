package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.TrainEvent;
import io.headrace.engine.error.HeadraceException;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.sink.EventSink;
import io.headrace.sink.store.S3Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job whose checkpoints are in an object store. */
class StoredRunTest {
  private static final int ROWS = 4_000;
  private static final String JOB =
      """
      name: stored
      source: {file: {path: train.csv, format: csv}}
      sample:
        label: {field: y, type: number}
        inputs: {x: {dense: {fields: [a]}}}
      model: [linear]
      loss: squared
      optimizer: sgd
      batch: {size: 10}
      """;

  @TempDir Path folder;

  private final List<String> alerts = new CopyOnWriteArrayList<>();

  private final class Alerts implements EventSink {
    @Override
    public void accept(TrainEvent event) {
      if (event instanceof TrainEvent.Alert alert) {
        alerts.add(alert.code() + ": " + alert.message());
      }
    }

    @Override
    public void close() {}
  }

  private JobSpec job(S3Server server, String machine) {
    var settings = server.settings("stored/");
    return JobFile.parse(
        "job.yaml",
        JOB,
        List.of(
            "checkpoints={directory: '%s', every-samples: 500, store: {url: 's3://%s/stored', endpoint: '%s', region: us-east-1, credentials-file: '%s'}}"
                .formatted(
                    folder.resolve(machine),
                    settings.bucket(),
                    settings.endpoint().orElseThrow(),
                    settings.credentialsFile().orElseThrow())),
        folder);
  }

  private JobRun start(JobSpec job, long stopAfter, Runnable atStep200) {
    return JobRun.start(
        job,
        new JobRun.Options(
            List.of(new Alerts()),
            OptionalLong.of(stopAfter),
            step -> {
              if (step.step() == 200) {
                atStep200.run();
              }
            }));
  }

  @Test
  void goesOnOnAnotherMachineAndTrainsOnWhileTheStoreIsAway() throws Exception {
    var csv = new StringBuilder("a,y\n");
    for (int i = 0; i < ROWS; i++) {
      csv.append(i % 7).append(',').append(i % 7 * 2).append('\n');
    }
    Files.writeString(folder.resolve("train.csv"), csv);
    try (S3Server server = S3Server.startOrSkip(folder)) {
      try (JobRun one = start(job(server, "one"), 1_500, () -> {})) {
        assertThat(one.await().ledger().trained()).isEqualTo(1_500);
      }
      try (JobRun two = start(job(server, "two"), ROWS, server::close)) {
        assertThat(two.status().resumedSamples()).isEqualTo(1_500);
        assertThatThrownBy(two::await)
            .as("the last checkpoint could not be written")
            .isInstanceOf(HeadraceException.class)
            .hasMessageContaining("could not be given writer");
        assertThat(two.status().ledger().trained()).isEqualTo(ROWS);
        assertThat(alerts).anyMatch(alert -> alert.startsWith("checkpoint-failed: "));
      }
      assertThatThrownBy(() -> start(job(server, "two"), ROWS, () -> {}))
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining("s3://headrace-test/stored/ could not be asked for writer");
    }
  }
}
