package io.headrace.pipeline.job;

import io.headrace.schemas.RejectedSample;
import io.headrace.sink.DeadLetterSink;

/** Keeps every letter in two places, e.g. a file and a topic; it owns both sinks. Thread-safe. */
record LettersTwice(DeadLetterSink first, DeadLetterSink second) implements DeadLetterSink {
  @Override
  public void write(RejectedSample letter) {
    first.write(letter);
    second.write(letter);
  }

  @Override
  public void flush() {
    first.flush();
    second.flush();
  }

  @Override
  public void close() {
    try (second) {
      first.close();
    }
  }
}
