package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A store's checkpoints as those of one job: the job's own text goes into each, and the newest is
 * given back only to a job that learns the same.
 */
final class JobCheckpoints implements CheckpointStore {
  /** Value of a checkpoint: the job file with the command line's settings in it. */
  static final String YAML = "job.yaml";

  /** Value of a checkpoint: {@link Fingerprint#text}. */
  static final String FINGERPRINT = "job.fingerprint";

  private final JobSpec job;
  private final CheckpointStore store;

  JobCheckpoints(JobSpec job, CheckpointStore store) {
    this.job = job;
    this.store = store;
  }

  @Override
  public Entry write(Checkpoint checkpoint) {
    var values = new TreeMap<>(checkpoint.values());
    values.put(YAML, job.yaml());
    values.put(FINGERPRINT, job.fingerprint().text());
    return store.write(checkpoint.withValues(values));
  }

  @Override
  public void markBest(String name) {
    store.markBest(name);
  }

  @Override
  public Optional<String> best() {
    return store.best();
  }

  @Override
  public List<Entry> list() {
    return store.list();
  }

  @Override
  public Checkpoint read(String name) {
    return store.read(name);
  }

  @Override
  public Optional<Checkpoint> newest(Consumer<String> passedOver) {
    Optional<Checkpoint> newest = store.newest(passedOver);
    newest.ifPresent(this::requireSameJob);
    return newest;
  }

  private void requireSameJob(Checkpoint checkpoint) {
    if (!checkpoint.job().equals(job.name())) {
      throw refused("belongs to the job " + checkpoint.job());
    }
    String before = checkpoint.values().get(FINGERPRINT);
    if (before != null) {
      List<String> differences = job.fingerprint().differencesFrom(Fingerprint.parse(before));
      if (!differences.isEmpty()) {
        throw refused(
            "was made by a job with other settings:\n  " + String.join("\n  ", differences));
      }
    }
  }

  private HeadraceException refused(String why) {
    return new HeadraceException(
        "The newest checkpoint in %s %s\nUndo the change, start anew with --fresh, or give the job another checkpoints.directory."
            .formatted(
                job.checkpoints().directory().map(Object::toString).orElse("the store"), why));
  }
}
