package io.headrace.perf.load;

import io.headrace.perf.stream.Readings;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The job that the rig runs: a small model, and for everything else what a job has by default. */
public final class LoadJob {
  private LoadJob() {}

  /**
   * The job on a topic.
   *
   * @param directory where its results go
   * @param settings {@code key=value}, as the command line takes them
   */
  public static JobSpec on(LoadTopic topic, Path directory, List<String> settings)
      throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("reading.avsc"), Readings.schema().toString());
    String yaml =
        """
      name: load
      source:
        kafka:
          topic: %s
          bootstrap: %s
          group: load
          format: avro
          framing: confluent
          schema: reading.avsc
          stop-at-end: true
      sample:
        label: {field: label, classes: ["no", "yes"]}
        inputs:
          x: {dense: {field: features, length: 29}}
      model:
        - linear: {}
      loss: logistic
      optimizer: {sgd: {learning-rate: 0.05}}
      checkpoints: {directory: %3$s/checkpoints}
      metrics: {file: %3$s/metrics.jsonl}
      dead-letters: {file: %3$s/dead-letters.avro}
      """
            .formatted(topic.name(), topic.bootstrap(), directory);
    return JobFile.parse("load.yaml", yaml, settings, directory);
  }
}
