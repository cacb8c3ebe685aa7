package io.headrace.pipeline.job;

import io.headrace.schemas.RejectedSample;
import io.headrace.sink.DeadLetterSink;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The dead letters of a job that names no place for them: the first is told, all are counted. */
final class DiscardedLetters implements DeadLetterSink {
  private static final Logger LOG = LoggerFactory.getLogger(DiscardedLetters.class);

  private final AtomicBoolean told = new AtomicBoolean();

  @Override
  public void write(RejectedSample letter) {
    if (told.compareAndSet(false, true)) {
      LOG.warn(
          "Record {} of {}-{} was rejected ({}): {}. More may follow; set dead-letters.file or .topic to keep them.",
          letter.getPosition(),
          letter.getSource(),
          letter.getPartition(),
          letter.getReason(),
          letter.getDetail());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
