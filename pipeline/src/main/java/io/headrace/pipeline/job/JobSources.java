package io.headrace.pipeline.job;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.Sources;
import io.headrace.ingest.file.FileSampleSource;
import io.headrace.ingest.kafka.KafkaSampleSource;
import io.headrace.ingest.kafka.KafkaSourceSettings;
import io.headrace.ingest.order.RepeatedSource;
import io.headrace.ingest.order.ShuffledSource;
import io.headrace.ingest.order.StreamShuffledSource;
import io.headrace.ingest.push.PushIntake;
import io.headrace.ingest.push.PushSampleSource;
import io.headrace.ingest.push.TopicPushSource;
import java.util.List;
import java.util.Optional;
import reactor.core.scheduler.Schedulers;

/** Makes the sources that a job names. */
final class JobSources {
  private static final int LITTLE_BUFFER = 1024;

  private JobSources() {}

  /** What {@code source} holds, once and in its own order. */
  static SampleSource plain(JobSpec job, ComponentSpec source) {
    SampleSource made = kept(job, source);
    if (made instanceof PushIntake intake && !job.masking().isEmpty()) {
      intake.maskWith(JobDecoders.masks(job, source));
    }
    if (made instanceof FileSampleSource files && !job.masking().isEmpty()) {
      JobDecoders.fileNaming(job, source).ifPresent(files::nameBy);
    }
    return made;
  }

  /** The same, of which nothing is read or pushed to it. */
  static SampleSource kept(JobSpec job, ComponentSpec source) {
    SampleSource made = Sources.variants().create(source).open(job.baseDirectory());
    if (made instanceof PushSampleSource pushed) {
      pushed.sealWith(job.blockSeal());
    }
    return made;
  }

  /** What reads the topic that a source's records are in; empty if they are in none. */
  static Optional<KafkaSampleSource> topic(SampleSource source) {
    return switch (source) {
      case KafkaSampleSource kafka -> Optional.of(kafka);
      case TopicPushSource pushed -> Optional.of(pushed.topic());
      default -> Optional.empty();
    };
  }

  /** Whether records come as somebody makes them, for as long as somebody does. */
  static boolean isStream(ComponentSpec source) {
    return List.of("kafka", "http").contains(source.name()) || isFollowed(source);
  }

  /** Whether a file is read on as it is written. */
  static boolean isFollowed(ComponentSpec source) {
    return source.name().equals("file")
        && Boolean.TRUE.equals(source.settings().asMap().get("follow"));
  }

  /** What the job learns from: its source as often and in the order that the job says. */
  static SampleSource training(JobSpec job) {
    return training(job, plain(job, job.source()));
  }

  /** What the job learns from, made of its plain {@code source}. */
  static SampleSource training(JobSpec job, SampleSource source) {
    if (job.epochs() == 1 && job.shuffle().isEmpty()) {
      return source;
    }
    if (isStream(job.source())) {
      ShuffleSettings shuffle = job.shuffle().orElseThrow();
      return new StreamShuffledSource(
          source, shuffle.buffer(), shuffle.seed(), shuffle.lingerMillis(), Schedulers.parallel());
    }
    return new RepeatedSource(job.epochs(), epoch -> inOrder(job, source, epoch));
  }

  /** The job's source once, its records numbered as they are when the job learns them. */
  static SampleSource numberedAsTraining(JobSpec job) {
    SampleSource source = plain(job, job.source());
    return job.shuffle().isEmpty()
        ? source
        : new ShuffledSource(source, path(job), LITTLE_BUFFER, 0, 0);
  }

  /** Whether what the job learns from ends by itself. */
  static boolean ends(JobSpec job) {
    return switch (job.source().name()) {
      case "kafka" -> KafkaSourceSettings.of(job.source().settings()).stopAtEnd();
      case "http" -> false;
      default -> !isFollowed(job.source());
    };
  }

  private static SampleSource inOrder(JobSpec job, SampleSource source, int epoch) {
    if (job.shuffle().isEmpty()) {
      return source;
    }
    ShuffleSettings shuffle = job.shuffle().get();
    return new ShuffledSource(source, path(job), shuffle.buffer(), shuffle.seed(), epoch);
  }

  private static String path(JobSpec job) {
    return String.valueOf(job.source().settings().asMap().get("path"));
  }
}
