package io.headrace.pipeline;

import io.headrace.engine.Trainer;
import io.headrace.engine.ValidationScores;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Scores the model on held-out samples now and then, and remembers which state was the best. What
 * it remembers goes into checkpoints, so that a resumed run stops where an uninterrupted one would.
 * The trainer's thread calls; {@link #last} may be read from any thread.
 */
final class Validation {
  private static final String BEST = "validation.best";
  private static final String BEST_STEP = "validation.best-step";
  private static final String WORSE_IN_TURN = "validation.worse-in-turn";
  private static final String TRAINED = "validation.trained";

  private final ValidationPlan plan;
  private double best;
  private long bestStep;
  private int worseInTurn;
  private long trained;
  private volatile @Nullable ValidationScores last;

  /**
   * @param values of the checkpoint that the run goes on from; empty without one
   */
  Validation(ValidationPlan plan, Map<String, String> values) {
    this.plan = plan;
    best = Double.parseDouble(values.getOrDefault(BEST, String.valueOf(plan.worst())));
    bestStep = Long.parseLong(values.getOrDefault(BEST_STEP, "0"));
    worseInTurn = Integer.parseInt(values.getOrDefault(WORSE_IN_TURN, "0"));
    trained = Long.parseLong(values.getOrDefault(TRAINED, "0"));
  }

  /** Whether {@code trained} samples make another look due that the end of an epoch does not. */
  boolean due(long before, long trained) {
    long every = plan.everySamples().orElse(Long.MAX_VALUE);
    return before / every != trained / every;
  }

  /** Whether the end of an epoch, behind {@code trained} samples, makes a look due. */
  boolean dueAtEpochEnd(long trained) {
    return plan.everySamples().isEmpty() && trained > this.trained;
  }

  /** Scores the held-out samples. */
  ValidationScores look(Trainer trainer, String job, long step, long trained, long timeMillis) {
    SortedMap<String, Double> scores = plan.scorer().apply(trainer);
    double score = scores.getOrDefault(plan.metric(), Double.NaN);
    boolean better = plan.isBetter(score, best);
    if (better) {
      best = score;
      bestStep = step;
    }
    worseInTurn = better ? 0 : worseInTurn + 1;
    this.trained = trained;
    var result =
        new ValidationScores(job, step, trained, timeMillis, scores, plan.metric(), best, bestStep);
    last = result;
    return result;
  }

  /** Whether patience has run out. */
  boolean exhausted() {
    return plan.patience().isPresent() && worseInTurn >= plan.patience().getAsInt();
  }

  boolean keepsBest() {
    return plan.keepBest();
  }

  /** The latest scores of this run; null before the first. */
  @Nullable ValidationScores last() {
    return last;
  }

  /** {@code values} of a checkpoint with what is remembered here. */
  Map<String, String> addTo(Map<String, String> values) {
    var all = new TreeMap<>(values);
    all.put(BEST, String.valueOf(best));
    all.put(BEST_STEP, String.valueOf(bestStep));
    all.put(WORSE_IN_TURN, String.valueOf(worseInTurn));
    all.put(TRAINED, String.valueOf(trained));
    return all;
  }
}
