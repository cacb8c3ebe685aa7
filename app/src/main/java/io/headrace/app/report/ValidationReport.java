package io.headrace.app.report;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.headrace.engine.ValidationScores;
import java.util.Locale;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The last validation of a run, as reports have it. Immutable.
 *
 * @param step steps taken at the time
 * @param metrics stand beside the other fields: {@code accuracy}, {@code loss}, ...
 * @param metric which of them says what is best
 * @param best its best value in the model's life; absent if none was finite
 * @param bestStep steps taken when it was reached
 * @param stoppedEarly whether the run ended because validation became no better
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ValidationReport(
    long step,
    @JsonAnyGetter SortedMap<String, Double> metrics,
    String metric,
    @Nullable Double best,
    long bestStep,
    boolean stoppedEarly) {

  public static ValidationReport of(ValidationScores scores, boolean stoppedEarly) {
    return new ValidationReport(
        scores.step(),
        scores.scores(),
        scores.metric(),
        Double.isFinite(scores.best()) ? scores.best() : null,
        scores.bestStep(),
        stoppedEarly);
  }

  /** In words, on one line. */
  public String text() {
    String best =
        this.best == null
            ? ""
            : String.format(Locale.ROOT, "; best %s %.4f at step %,d", metric, this.best, bestStep);
    return Summary.figures(metrics) + best + (stoppedEarly ? "; stopped early" : "");
  }
}
