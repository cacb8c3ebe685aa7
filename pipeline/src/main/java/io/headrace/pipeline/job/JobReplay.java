package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.Trainer;
import io.headrace.engine.WorkerMode;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.state.Tensor;
import io.headrace.ingest.decode.GrowingVocabularies;
import io.headrace.pipeline.TrainingRun;
import io.headrace.sink.archive.ArchiveReader;
import io.headrace.sink.journal.RecordedBatches;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds a checkpoint from an earlier one, or from nothing, by training the batches that the
 * journal or an archive has between them once more. It writes nothing and joins no group of
 * consumers. One thread uses it.
 */
public final class JobReplay {
  private final JobSpec job;
  private final Optional<Checkpoint> from;
  private final Checkpoint to;
  private final ReplayedTraining training;

  /**
   * What came of it.
   *
   * @param expected SHA-256 of the parameters in the checkpoint
   * @param found that of the rebuilt ones
   * @param differences the rest of the state that differs, a line each; parameters first
   */
  public record Outcome(String expected, String found, List<String> differences) {
    public Outcome {
      differences = List.copyOf(differences);
    }

    /** Whether the parameters have the same bytes. */
    public boolean isEqual() {
      return expected.equals(found);
    }
  }

  /**
   * Finds the batches.
   *
   * @param from where to begin; empty for the start
   * @param journal directory of the batch journal
   * @throws HeadraceException if one cannot lead to the other: another job, batches that the
   *     journal does not have, or a job whose runs are never the same
   */
  public JobReplay(JobSpec job, Optional<Checkpoint> from, Checkpoint to, Path journal) {
    this.job = job;
    this.from = from;
    this.to = to;
    requireSourceKeeps();
    requireOneJob();
    training =
        new JournalTraining(
            job,
            RecordedBatches.between(journal, job.blockSeal(), begin(), to.ledger().positions()),
            to);
  }

  /**
   * Finds the batches in an archive, where the source and the journal are not needed.
   *
   * @param from where to begin; empty for the start
   * @throws HeadraceException if one cannot lead to the other: another job, steps that were undone,
   *     or a job whose runs are never the same
   */
  public JobReplay(JobSpec job, Optional<Checkpoint> from, Checkpoint to, ArchiveReader archive) {
    this.job = job;
    this.from = from;
    this.to = to;
    requireOneJob();
    training = new ArchiveTraining(job, archive, from.map(Checkpoint::step).orElse(0L), to);
  }

  private void requireOneJob() {
    requireRepeatable();
    from.ifPresent(checkpoint -> requireSameJob("--from", checkpoint));
    requireSameJob("--to", to);
    requireOneLineage();
  }

  private Positions begin() {
    return from.map(checkpoint -> checkpoint.ledger().positions()).orElse(Positions.START);
  }

  private void requireRepeatable() {
    if (job.engine().mode() == WorkerMode.HOGWILD) {
      throw new HeadraceException(
          "The job learns with engine.mode: hogwild, which gives other bits each time: there is nothing to compare a replay with. Only what was learned with mode: synchronous can be replayed.");
    }
    if (job.privacy().isPresent() && job.privacy().get().seed().isEmpty()) {
      throw new HeadraceException(
          "The job learns with privacy, whose noise is drawn anew each time and kept nowhere: there is nothing to compare a replay with. Only with a privacy.seed, which is for experiments, can it be replayed.");
    }
  }

  private void requireSourceKeeps() {
    if (job.source().name().equals("http")) {
      throw new HeadraceException(
          "The job learns from samples that are pushed to it, and a log of those is let go as checkpoints cover it: a replay reads files and topics. Replay what an archive has, with --archive, or have samples that are to be replayed produced to a topic, and learn from that with source: kafka.");
    }
  }

  private void requireSameJob(String option, Checkpoint checkpoint) {
    String text = checkpoint.values().get(JobCheckpoints.FINGERPRINT);
    List<String> differences =
        text == null
            ? List.of("it does not hold its job")
            : job.fingerprint().differencesFrom(Fingerprint.parse(text));
    if (!differences.isEmpty()) {
      throw new HeadraceException(
          "%s, the checkpoint of step %d, was made by a job with other settings:\n  %s\nReplay it with the job that made it."
              .formatted(option, checkpoint.step(), String.join("\n  ", differences)));
    }
  }

  private void requireOneLineage() {
    String before = from.map(JobReplay::weightsOnlyAt).orElse("");
    String after = weightsOnlyAt(to);
    if (!before.equals(after)) {
      throw new HeadraceException(
          "On the way to step %d a changed job went on with weights alone (at step %s): no replay leads over that. Begin at a checkpoint behind it."
              .formatted(to.step(), after.isEmpty() ? before : after));
    }
  }

  private static String weightsOnlyAt(Checkpoint checkpoint) {
    return checkpoint.values().getOrDefault(JobCheckpoints.WEIGHTS_ONLY_AT, "");
  }

  /** How many batches there are to train. */
  public long batches() {
    return training.batches();
  }

  /**
   * Trains them and compares.
   *
   * @throws HeadraceException if the source no longer gives the records of the batches
   */
  public Outcome run() {
    String expected = parametersSha256();
    var vocabularies = GrowingVocabularies.of(job.sample());
    Optional<Checkpoint> begin = from.or(() -> startingWeights(vocabularies));
    try (Trainer trainer = job.newTrainer()) {
      Checkpoint found = training.train(trainer, vocabularies, begin);
      return new Outcome(expected, trainer.parametersSha256(), differences(found));
    }
  }

  /** What the job began with, if that was a file, which must be the same one. */
  private Optional<Checkpoint> startingWeights(GrowingVocabularies vocabularies) {
    if (job.startFrom().isEmpty()) {
      return Optional.empty();
    }
    try (Trainer trainer = job.newTrainer()) {
      Checkpoint first =
          trainer.snapshot(job.name(), 0).with(GrowingVocabularies.STATE, vocabularies);
      Checkpoint begin = job.startFrom().get().begin(job, first);
      String then = to.values().getOrDefault(StartFrom.SHA256, "none");
      String now = begin.values().get(StartFrom.SHA256);
      if (!then.equals(now)) {
        throw new HeadraceException(
            "start-from.file: %s is another file than the one that step %d began with: its SHA-256 is %s, not %s. Put the former back, or replay from a checkpoint."
                .formatted(job.startFrom().get().file(), to.step(), now, then));
      }
      return Optional.of(begin);
    }
  }

  private String parametersSha256() {
    try (Trainer trainer = job.newTrainer()) {
      trainer.restore(to);
      return trainer.parametersSha256();
    }
  }

  private List<String> differences(Checkpoint found) {
    List<String> differences = new ArrayList<>();
    SortedSet<String> names = new TreeSet<>(to.tensors().keySet());
    names.addAll(found.tensors().keySet());
    names.removeIf(TrainingRun::watches);
    List<String> parametersFirst = new ArrayList<>(names);
    parametersFirst.sort(
        Comparator.comparing((String name) -> !name.startsWith("model."))
            .thenComparing(name -> name));
    for (String name : parametersFirst) {
      String difference = difference(to.tensors().get(name), found.tensors().get(name));
      if (difference != null) {
        differences.add(name + ": " + difference);
      }
    }
    if (!found.ledger().equals(to.ledger())) {
      differences.add(
          "ledger: %s in the checkpoint, %s rebuilt"
              .formatted(to.ledger().entries(), found.ledger().entries()));
    }
    return differences;
  }

  private static @Nullable String difference(@Nullable Tensor expected, @Nullable Tensor found) {
    if (expected == null || found == null) {
      return (expected == null ? "rebuilt" : "in the checkpoint") + " alone";
    }
    if (!expected.shape().equals(found.shape()) || expected.type() != found.type()) {
      return "%s %s in the checkpoint, %s %s rebuilt"
          .formatted(expected.type(), expected.shape(), found.type(), found.shape());
    }
    long at = expected.data().mismatch(found.data());
    return at < 0
        ? null
        : "differs from element %,d of %,d on"
            .formatted(
                at / expected.type().bytes(), expected.data().byteSize() / expected.type().bytes());
  }
}
