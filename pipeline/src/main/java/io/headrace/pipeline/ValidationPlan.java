package io.headrace.pipeline;

import io.headrace.engine.Trainer;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * How a run looks at samples that it does not learn from.
 *
 * @param scorer scores them between two steps, on the trainer's thread
 * @param everySamples trained samples between two looks; empty for the end of each epoch
 * @param metric the score that says which state is the best so far
 * @param minDelta by how much a score has to be better than the best to count
 * @param patience looks in turn without a better score after which the run ends
 * @param keepBest whether the best state is checkpointed at once and kept
 */
public record ValidationPlan(
    Function<Trainer, SortedMap<String, Double>> scorer,
    OptionalLong everySamples,
    String metric,
    double minDelta,
    OptionalInt patience,
    boolean keepBest) {
  private static final Set<String> HIGHER_IS_BETTER = Set.of("accuracy", "auc", "r2");

  /** Whether {@code score} is better than {@code best} by more than {@link #minDelta}. */
  boolean isBetter(double score, double best) {
    return HIGHER_IS_BETTER.contains(metric) ? score > best + minDelta : score < best - minDelta;
  }

  /** Any finite score is better than this. */
  double worst() {
    return HIGHER_IS_BETTER.contains(metric) ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }
}
