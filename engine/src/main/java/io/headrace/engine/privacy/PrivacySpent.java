package io.headrace.engine.privacy;

import java.util.Locale;

/**
 * What of its privacy a sample has given up at most: whatever follows from the parameters is at
 * most e^{@code epsilon} times as likely as without the sample, but for a probability of {@code
 * delta}. Immutable.
 *
 * @param epsilon spent so far; infinite where the noise is too weak to promise anything
 * @param budget of epsilon; infinite for no bound
 */
public record PrivacySpent(double epsilon, double delta, double budget) {

  /** For a person: why nothing more is learned, and what to do about it. */
  public String message() {
    return String.format(
        Locale.ROOT,
        "The privacy budget is spent: an epsilon of %.4g of %.4g at delta %s, and the next step would"
            + " spend more. Nothing more is learned; the checkpoint has what was. Use it, or, if the"
            + " samples' owners agree, raise privacy.budget and start again.",
        epsilon,
        budget,
        delta);
  }
}
