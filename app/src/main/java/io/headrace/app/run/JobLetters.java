package io.headrace.app.run;

import io.headrace.app.http.ServedLetters;
import io.headrace.app.letters.FileLetters;
import io.headrace.app.letters.KafkaLetters;
import io.headrace.app.letters.KafkaTopic;
import io.headrace.app.letters.Letters;
import io.headrace.app.letters.ReplayTarget;
import io.headrace.app.letters.TopicTarget;
import io.headrace.ingest.kafka.KafkaSourceSettings;
import io.headrace.pipeline.job.JobBrokers;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.sink.BrokerAccess;
import io.headrace.sink.DeadLetterSettings;
import java.nio.file.Path;
import java.util.Optional;

/** The dead letters of a running job: in its file, or, where it has none, on its topic. */
record JobLetters(JobRun run, JobSpec job) implements ServedLetters {
  /** Empty where the job keeps no letters. */
  static Optional<ServedLetters> of(JobRun run) {
    DeadLetterSettings kept = run.job().deadLetters();
    return kept.file().isPresent() || kept.topic().isPresent()
        ? Optional.of(new JobLetters(run, run.job()))
        : Optional.empty();
  }

  @Override
  public Letters letters() {
    run.flushDeadLetters();
    Optional<Path> file = job.deadLetters().file();
    return file.isPresent()
        ? new FileLetters(file.get(), run.seal().blocks(Optional.of(job.name())))
        : new KafkaLetters(
            KafkaTopic.find(
                job.deadLetters().topic().orElseThrow(),
                JobBrokers.of(job, job.deadLetters().brokers())));
  }

  @Override
  public Optional<Path> folder() {
    return job.deadLetters().file().map(Path::getParent);
  }

  @Override
  public Optional<String> noWayBack() {
    return job.source().name().equals("kafka")
        ? Optional.empty()
        : Optional.of(
            "This job does not read a Kafka topic that letters could go back to. headrace dead-letters replay --to-file writes them to a file for a job to read.");
  }

  @Override
  public ReplayTarget source() {
    String topic = KafkaSourceSettings.of(job.source().settings()).topic();
    return new TopicTarget(KafkaTopic.find(topic, JobBrokers.of(job, BrokerAccess.OF_SOURCE)));
  }
}
