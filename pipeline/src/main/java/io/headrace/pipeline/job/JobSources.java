package io.headrace.pipeline.job;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.Sources;
import io.headrace.ingest.order.RepeatedSource;
import io.headrace.ingest.order.ShuffledSource;

/** Makes the sources that a job names. */
final class JobSources {
  private JobSources() {}

  /** What {@code source} holds, once and in its own order. */
  static SampleSource plain(JobSpec job, ComponentSpec source) {
    return Sources.variants().create(source).open(job.baseDirectory());
  }

  /** What the job learns from: its source as often and in the order that the job says. */
  static SampleSource training(JobSpec job) {
    SampleSource source = plain(job, job.source());
    if (job.epochs() == 1 && job.shuffle().isEmpty()) {
      return source;
    }
    return new RepeatedSource(job.epochs(), epoch -> inOrder(job, source, epoch));
  }

  private static SampleSource inOrder(JobSpec job, SampleSource source, int epoch) {
    if (job.shuffle().isEmpty()) {
      return source;
    }
    ShuffleSettings shuffle = job.shuffle().get();
    String name = String.valueOf(job.source().settings().asMap().get("path"));
    return new ShuffledSource(source, name, shuffle.buffer(), shuffle.seed(), epoch);
  }
}
