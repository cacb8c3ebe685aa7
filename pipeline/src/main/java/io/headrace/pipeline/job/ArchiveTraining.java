package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.Trainer;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.ingest.decode.GrowingVocabularies;
import io.headrace.sink.archive.ArchiveReader;
import io.headrace.sink.archive.ArchivedSample;
import io.headrace.sink.archive.SampleRows;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Trains the samples that an archive has between two checkpoints, in the batches that they were in.
 * Of the account it knows what was trained; the rest of it, and the vocabularies, by whose ids
 * tokens are archived, are those of the checkpoint that is rebuilt.
 */
final class ArchiveTraining implements ReplayedTraining {
  private final JobSpec job;
  private final ArchiveReader archive;
  private final long after;
  private final Checkpoint to;

  /**
   * @param after step behind which it begins
   * @throws HeadraceException if steps between the two were undone
   */
  ArchiveTraining(JobSpec job, ArchiveReader archive, long after, Checkpoint to) {
    this.job = job;
    this.archive = archive;
    this.after = after;
    this.to = to;
    archive.cuts().stream()
        .flatMap(cut -> cut.withdrawn().stream())
        .filter(undone -> undone.lastStep() > after && undone.firstStep() <= to.step())
        .findFirst()
        .ifPresent(
            undone -> {
              throw new HeadraceException(
                  "Steps %,d to %,d diverged and were undone, and are no longer in the archive: no replay of it leads over them. Begin at a checkpoint behind step %,d."
                      .formatted(undone.firstStep(), undone.lastStep(), undone.lastStep()));
            });
  }

  @Override
  public long batches() {
    return to.step() - after;
  }

  @Override
  public Checkpoint train(
      Trainer trainer, GrowingVocabularies vocabularies, Optional<Checkpoint> begin) {
    begin.ifPresent(trainer::restore);
    var steps = new Steps(trainer);
    archive.forEach(after, to.step(), steps::add);
    steps.end();
    if (to.tensors().keySet().stream().anyMatch(n -> n.startsWith(GrowingVocabularies.STATE))
        || to.values().keySet().stream().anyMatch(n -> n.startsWith(GrowingVocabularies.STATE))) {
      to.restore(GrowingVocabularies.STATE, vocabularies);
    }
    Checkpoint found =
        trainer.snapshot(job.name(), 0).with(GrowingVocabularies.STATE, vocabularies);
    return new Checkpoint(
        found.job(),
        found.fingerprint(),
        found.step(),
        found.createdAtMillis(),
        account(found.ledger()),
        found.values(),
        found.tensors());
  }

  /** The checkpoint's account with the trained samples of this one. */
  private Ledger account(Ledger trained) {
    var entries = new TreeMap<>(to.ledger().entries());
    trained
        .entries()
        .forEach(
            (partition, entry) ->
                entries.merge(
                    partition,
                    entry,
                    (its, found) ->
                        new Ledger.Entry(
                            its.nextPosition(),
                            found.trained(),
                            its.rejected(),
                            its.filtered(),
                            its.lost())));
    return new Ledger(entries);
  }

  /** Gathers the samples of a step and trains them. */
  private final class Steps {
    private final Trainer trainer;
    private final SampleRows rows;
    private final MiniBatch batch;
    private long step = after;
    private long trained;

    Steps(Trainer trainer) {
      this.trainer = trainer;
      rows = new SampleRows(trainer.schema());
      batch = new MiniBatch(trainer.schema(), job.batch().size());
      trained = trainer.ledger().trained();
    }

    void add(ArchivedSample sample) {
      if (sample.step() != step) {
        train();
        if (sample.step() != step + 1) {
          throw lacking(step + 1, sample.step() - 1);
        }
        step = sample.step();
      }
      rows.append(sample, batch.rows());
      batch.ledger().add(sample.partition(), sample.position() + 1, 1, 0, 0);
    }

    void end() {
      train();
      if (step < to.step()) {
        throw lacking(step + 1, to.step());
      }
    }

    private HeadraceException lacking(long first, long last) {
      return new HeadraceException(
          "The archive lacks steps %,d to %,d: headrace archive list says what it has. Begin at a checkpoint behind them, or rebuild one before."
              .formatted(first, last));
    }

    /** Windows of metrics begin where they began. */
    private void train() {
      if (batch.rows().size() == 0) {
        return;
      }
      long window = job.metrics().windowSamples();
      long before = trained;
      trained += trainer.train(batch).rows();
      if (before / window != trained / window) {
        var _ = trainer.metrics(job.name(), 0, 0);
      }
      batch.clear();
    }
  }
}
