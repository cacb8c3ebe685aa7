package io.headrace.pipeline.batch;

import io.headrace.engine.sample.MiniBatch;
import io.headrace.sink.BatchJournal.Run;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A place in the ring: a batch, and what is to happen behind it. */
final class Slot {
  final MiniBatch batch;
  final List<Run> runs = new ArrayList<>();
  @Nullable StreamEnd end;
  boolean handsOver;

  Slot(MiniBatch batch) {
    this.batch = batch;
  }

  void clear() {
    batch.clear();
    runs.clear();
    end = null;
    handsOver = false;
  }

  /** Counts records for the batch, behind those before, and positions of them that are gone. */
  void settle(Run run, long lost) {
    batch.ledger().add(run.partition(), run.to(), run.rows(), run.rejected(), run.filtered());
    batch.ledger().addLost(run.partition(), lost);
    if (!runs.isEmpty() && runs.getLast().partition().equals(run.partition())) {
      Run last = runs.removeLast();
      runs.add(
          new Run(
              run.partition(),
              run.to(),
              last.rows() + run.rows(),
              last.rejected() + run.rejected(),
              last.filtered() + run.filtered()));
    } else {
      runs.add(run);
    }
  }

  boolean hasContent() {
    return !batch.ledger().isEmpty();
  }
}
