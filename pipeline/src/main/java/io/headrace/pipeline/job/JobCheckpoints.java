package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.TakenWeights;
import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.optimizer.Optimizer;
import io.headrace.engine.optimizer.Optimizers;
import io.headrace.pipeline.TrainingRun;
import io.headrace.sink.CheckpointStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A store's checkpoints as those of one job: the job's own text goes into each, and the newest is
 * given back only to a job that learns the same, or, where that is allowed, its weights alone.
 * Where there is none, a job that starts from a file of weights gets these.
 */
final class JobCheckpoints extends ForwardingStore {
  /** Value of a checkpoint: the job file with the command line's settings in it. */
  static final String YAML = "job.yaml";

  /** Value of a checkpoint: {@link Fingerprint#text}. */
  static final String FINGERPRINT = "job.fingerprint";

  /** Value of a checkpoint: the steps behind which it went on with weights alone. */
  static final String WEIGHTS_ONLY_AT = "job.weights-only-at";

  private final JobSpec job;
  private final Supplier<Checkpoint> first;
  private final Optional<Consumer<String>> weightsOnly;
  private String weightsOnlyAt = "";
  private String startedFrom = "";

  /**
   * @param first takes the state of the job's model before its first step
   * @param weightsOnly told what was taken, where a changed job may go on with weights alone
   */
  JobCheckpoints(
      JobSpec job,
      CheckpointStore store,
      Supplier<Checkpoint> first,
      Optional<Consumer<String>> weightsOnly) {
    super(store);
    this.job = job;
    this.first = first;
    this.weightsOnly = weightsOnly;
  }

  @Override
  public Entry write(Checkpoint checkpoint) {
    var values = new TreeMap<>(checkpoint.values());
    values.put(YAML, job.yaml());
    values.put(FINGERPRINT, job.fingerprint().text());
    if (!weightsOnlyAt.isEmpty()) {
      values.put(WEIGHTS_ONLY_AT, weightsOnlyAt);
    }
    if (!startedFrom.isEmpty()) {
      values.put(StartFrom.SHA256, startedFrom);
    }
    return super.write(checkpoint.withValues(values));
  }

  @Override
  public Optional<Checkpoint> newest(Consumer<String> passedOver) {
    Optional<Checkpoint> newest =
        super.newest(passedOver)
            .map(this::forThisJob)
            .or(() -> job.startFrom().map(weights -> weights.begin(job, first.get())));
    startedFrom = newest.map(c -> c.values().getOrDefault(StartFrom.SHA256, "")).orElse("");
    return newest;
  }

  /**
   * Reads one that this job may go back to.
   *
   * @throws HeadraceException if it is missing or damaged, or made by a job that learned something
   *     else
   */
  Checkpoint readForThisJob(String name) {
    Checkpoint chosen = read(name);
    String before = chosen.values().getOrDefault(FINGERPRINT, job.fingerprint().text());
    List<String> changed = job.fingerprint().differencesFrom(Fingerprint.parse(before));
    if (!chosen.job().equals(job.name()) || !changed.isEmpty()) {
      throw new HeadraceException(
          "%s was made by a job that learned something else:%s%nStop this one, undo the change and use headrace checkpoints restore, or choose a later checkpoint."
              .formatted(
                  name,
                  chosen.job().equals(job.name())
                      ? lines(changed)
                      : lines(List.of("name: " + chosen.job()))));
    }
    return chosen;
  }

  private Checkpoint forThisJob(Checkpoint newest) {
    if (!newest.job().equals(job.name())) {
      throw refused("belongs to the job " + newest.job(), "Undo the change,");
    }
    weightsOnlyAt = newest.values().getOrDefault(WEIGHTS_ONLY_AT, "");
    String before = newest.values().get(FINGERPRINT);
    if (before == null) {
      return newest;
    }
    List<String> changed = job.fingerprint().differencesFrom(Fingerprint.parse(before));
    if (changed.isEmpty()) {
      return newest;
    }
    Checkpoint fresh = first.get();
    if (weightsOnly.isPresent()) {
      requireWeightsSuffice(changed);
      return weightsOf(newest, fresh, changed, weightsOnly.get());
    }
    List<String> all = new ArrayList<>(changed);
    all.addAll(TakenWeights.shapeDifferences(newest, fresh));
    throw refused(
        "was made by a job with other settings:" + lines(all),
        "Undo the change, keep its weights alone with --allow weights-only,");
  }

  private void requireWeightsSuffice(List<String> changed) {
    ComponentSpec optimizer = job.optimizer();
    Optimizer made = Optimizers.variants().create(optimizer);
    if (!made.takesRateFactor()) {
      throw refused(
          "was made by a job with other settings, and %s would lose its weights alone at the next step: with it they follow from sums of its own, which begin anew.%s"
              .formatted(optimizer.name(), lines(changed)),
          "Undo the change, choose another optimizer,");
    }
  }

  /** Says all that a person needs to judge whether this is what they want. */
  private Checkpoint weightsOf(
      Checkpoint newest, Checkpoint fresh, List<String> changed, Consumer<String> told) {
    TakenWeights weights = TakenWeights.of(newest, fresh);
    TakenVocabularies tokens = TakenVocabularies.of(job, newest, weights.checkpoint());
    weightsOnlyAt = (weightsOnlyAt + " " + newest.step()).strip();
    told.accept(
        "The job has changed since step %d:%s".formatted(newest.step(), lines(changed))
            + part("Taken from the checkpoint:", joined(weights.taken(), tokens.taken()))
            + part("Left fresh:", joined(weights.fresh(), tokens.fresh()))
            + part("Without a place in this job:", weights.unused())
            + "\nOptimizer, schedule and metrics begin anew; positions and ledger go on.");
    Checkpoint joined = tokens.checkpoint();
    var values = new TreeMap<>(joined.values());
    newest
        .values()
        .forEach(
            (name, value) -> {
              if (TrainingRun.OF_RECORDS.contains(name)
                  || name.equals(TopicCheckpoints.TOPIC)
                  || name.equals(StartFrom.SHA256)) {
                values.put(name, value);
              }
            });
    return joined.withValues(values);
  }

  private static List<String> joined(List<String> some, List<String> others) {
    List<String> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  private static String part(String title, List<String> items) {
    return items.isEmpty() ? "" : "\n" + title + lines(items);
  }

  private static String lines(List<String> items) {
    return "\n  " + String.join("\n  ", items);
  }

  private HeadraceException refused(String why, String first) {
    return new HeadraceException(
        "The newest checkpoint in %s %s\n%s start anew with --fresh, or give the job another checkpoints.directory."
            .formatted(
                job.checkpoints().directory().map(Object::toString).orElse("the store"),
                why,
                first));
  }
}
