package io.headrace.pipeline.batch;

import io.headrace.engine.sample.MiniBatch;
import org.jspecify.annotations.Nullable;

/** A place in the ring: a batch, and the end of the stream if it is the last one. */
final class Slot {
  final MiniBatch batch;
  @Nullable StreamEnd end;

  Slot(MiniBatch batch) {
    this.batch = batch;
  }

  boolean hasContent() {
    return !batch.ledger().isEmpty();
  }
}
