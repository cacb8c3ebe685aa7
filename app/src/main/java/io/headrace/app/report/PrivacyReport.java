package io.headrace.app.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.headrace.engine.privacy.PrivacySpent;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What was spent of the samples' privacy. Immutable.
 *
 * @param epsilon spent over the model's whole life; absent where the noise promises nothing
 * @param delta probability that the promise of epsilon may fail
 * @param budget of epsilon; absent for no bound
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PrivacyReport(@Nullable Double epsilon, double delta, @Nullable Double budget) {
  public static PrivacyReport of(PrivacySpent spent) {
    return new PrivacyReport(finite(spent.epsilon()), spent.delta(), finite(spent.budget()));
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** In words, for a terminal or a page. */
  public String text() {
    String spent = epsilon == null ? "unbounded" : String.format(Locale.ROOT, "%.4g", epsilon);
    String of = budget == null ? "" : String.format(Locale.ROOT, " of %.4g", budget);
    return "epsilon " + spent + of + " at delta " + delta;
  }
}
