package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.Trainer;
import io.headrace.ingest.decode.GrowingVocabularies;
import java.util.Optional;

/** What leads from one checkpoint to another once more. One thread uses it, once. */
interface ReplayedTraining {
  /** How many batches there are to train. */
  long batches();

  /**
   * Trains them.
   *
   * @param trainer at its first step
   * @param vocabularies empty ones
   * @param begin where to begin; empty for the trainer as it is
   * @return the state behind the last batch
   * @throws io.headrace.engine.error.HeadraceException if a batch cannot be had
   */
  Checkpoint train(Trainer trainer, GrowingVocabularies vocabularies, Optional<Checkpoint> begin);
}
