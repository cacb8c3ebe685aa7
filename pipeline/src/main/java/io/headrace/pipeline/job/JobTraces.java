package io.headrace.pipeline.job;

import io.headrace.pipeline.trace.ChunkTraces;
import io.headrace.sink.trace.OtlpTraces;
import java.util.Optional;

/**
 * Who follows a job's chunks, and who is told. Whoever makes it closes it.
 *
 * @param told empty where nobody is, and nothing is followed
 */
record JobTraces(ChunkTraces chunks, Optional<OtlpTraces> told) implements AutoCloseable {
  static JobTraces of(JobSpec job) {
    return job.traces()
        .map(
            settings -> {
              OtlpTraces to = OtlpTraces.to(settings, job.name());
              return new JobTraces(
                  new ChunkTraces(to.tracer(), settings.everyChunks()), Optional.of(to));
            })
        .orElseGet(() -> new JobTraces(ChunkTraces.NONE, Optional.empty()));
  }

  @Override
  public void close() {
    chunks.close();
    told.ifPresent(OtlpTraces::close);
  }
}
