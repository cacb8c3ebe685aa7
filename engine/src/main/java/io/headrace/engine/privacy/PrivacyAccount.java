package io.headrace.engine.privacy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Stateful;

/**
 * How often noisy sums were released, and what that spent. A release is never taken back: steps
 * that were undone have spent what they spent. Not thread-safe.
 */
public final class PrivacyAccount implements Stateful {
  private final PrivacySpec spec;
  private final RenyiAccountant accountant;
  private long releases;
  private long readings;

  /**
   * @param batchSize rows of a full batch
   */
  public PrivacyAccount(PrivacySpec spec, int batchSize) {
    this.spec = spec;
    double part =
        spec.records().isPresent()
            ? Math.min(1, (double) batchSize / spec.records().getAsLong())
            : 1;
    this.accountant = new RenyiAccountant(spec.sampling() * part, spec.noise());
  }

  /** Number of the next release, counted from 0: no other one has the same noise. */
  public long nextRelease() {
    return releases;
  }

  /**
   * Accounts for one more release.
   *
   * @param reading which reading of the source its rows are of, counted from 0
   */
  public void spend(long reading) {
    releases++;
    readings = Math.max(readings, reading + 1);
  }

  /** What was spent so far. */
  public PrivacySpent spent() {
    return new PrivacySpent(epsilon(uses()), spec.delta(), spec.budget());
  }

  /** Whether the budget allows for a release of rows of reading {@code reading}. */
  public boolean allows(long reading) {
    return epsilonWith(reading) <= spec.budget();
  }

  /** What will be spent with one more release, of rows of reading {@code reading}. */
  public double epsilonWith(long reading) {
    return epsilon(spec.records().isPresent() ? releases + 1 : Math.max(readings, reading + 1));
  }

  /** In how many releases one record took part at most, or is taken to. */
  private long uses() {
    return spec.records().isPresent() ? releases : readings;
  }

  private double epsilon(long uses) {
    return accountant.epsilon(uses, spec.delta());
  }

  @Override
  public void save(StateWriter to) {
    to.value("releases", Long.toString(releases));
    to.value("readings", Long.toString(readings));
    to.value("epsilon", Double.toString(epsilon(uses())));
    to.value("delta", Double.toString(spec.delta()));
  }

  @Override
  public void restore(StateReader from) {
    releases = number(from, "releases");
    readings = number(from, "readings");
  }

  private static long number(StateReader from, String name) {
    return Long.parseLong(
        from.value(name)
            .orElseThrow(
                () -> new HeadraceException("The checkpoint lacks the privacy account's " + name)));
  }
}
