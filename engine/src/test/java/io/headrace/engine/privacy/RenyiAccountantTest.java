package io.headrace.engine.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenyiAccountantTest {
  private static final Percentage ROUNDING = Percentage.withPercentage(1e-4);

  /**
   * Values that the tests of Google's dp_accounting have for 50 steps of rate 0.01 and noise 2.5,
   * at whole orders.
   */
  @ParameterizedTest
  @CsvSource({"5, 2.18075656e-03", "50, 2.38460375e-02", "100, 1.67416308e+02"})
  void agreesWithDpAccountingAtWholeOrders(double order, double published) {
    double divergence = 50 * new RenyiAccountant(0.01, 2.5).divergence(order);
    assertThat(divergence).isCloseTo(published, Percentage.withPercentage(0.01));
  }

  /** The same source at orders between: what is drawn between whole ones may only be more. */
  @ParameterizedTest
  @CsvSource({"1.5, 6.70579741e-04, 1.35", "2.5, 1.08548710e-03, 1.1"})
  void isNeverBelowDpAccountingBetweenThem(double order, double published, double factor) {
    double divergence = 50 * new RenyiAccountant(0.01, 2.5).divergence(order);
    assertThat(divergence).isBetween(published * (1 - 1e-4), published * factor);
  }

  /** Opacus' documentation, compute_dp_sgd_privacy: orders 2, 5, 10, 20 and 100; the best is 5. */
  @Test
  void agreesWithOpacusAtItsOrder() {
    double divergence = new RenyiAccountant(0.01, 1).divergence(5);
    double epsilon = 300 * divergence + Math.log(0.8) - Math.log(5e-5) / 4;
    assertThat(epsilon).isCloseTo(2.39, within(0.005));
  }

  /**
   * Epsilons at delta 1e-5 that were published when Mironov's conversion (2017, proposition 3) was
   * the best known: MNIST in batches of 256 at noise 1.12 for 60 epochs (Opacus, at orders 10, 20
   * and 100), at noise 1.3 for 20 epochs (Bu, Dong, Long and Su, "Deep Learning with Gaussian
   * Differential Privacy", 2020, figure 4), and 1 % at noise 4 for 10,000 steps (Abadi et al.,
   * 2016, section 3.2). Ours is the same sum under a conversion that gives a little less.
   */
  @ParameterizedTest
  @CsvSource({
    "0.0042666667, 1.12, 14063, 10, 2.95",
    "0.0042666667, 1.3, 4688, 1, 1.34",
    "0.01, 4.0, 10000, 1, 1.26"
  })
  void agreesWithPublishedEpsilons(
      double rate, double noise, long steps, int apart, double published) {
    var accountant = new RenyiAccountant(rate, noise);
    double older = Double.POSITIVE_INFINITY;
    for (int order = Math.max(2, apart); order <= 256; order += apart) {
      double epsilon = steps * accountant.divergence(order) - Math.log(1e-5) / (order - 1);
      older = Math.min(older, epsilon);
    }
    assertThat(older).isCloseTo(published, within(0.01));
    assertThat(accountant.epsilon(steps, 1e-5)).isBetween(0.8 * published, published);
  }

  /** dp_accounting: noise that gives exactly (1, 1e-6) by Renyi's way without sampling. */
  @Test
  void agreesWithDpAccountingForTheGaussianMechanism() {
    assertThat(new RenyiAccountant(1, 4.530877117).epsilon(1, 1e-6)).isCloseTo(1, within(2e-5));
  }

  @Test
  void divergesAsGaussiansDo() {
    var accountant = new RenyiAccountant(1, 2);
    assertThat(accountant.divergence(2)).isCloseTo(2 / 8.0, ROUNDING);
    assertThat(accountant.divergence(1.5)).isCloseTo(1.5 / 8.0, ROUNDING);
  }

  @Test
  void spendsMoreWithEachUseAndLessWithMoreNoiseOrLessSampling() {
    double before = 0;
    for (long uses : new long[] {0, 1, 10, 100, 10_000}) {
      double epsilon = new RenyiAccountant(0.02, 1.1).epsilon(uses, 1e-6);
      assertThat(epsilon).isGreaterThanOrEqualTo(before);
      assertThat(new RenyiAccountant(0.02, 1.5).epsilon(uses, 1e-6)).isLessThanOrEqualTo(epsilon);
      assertThat(new RenyiAccountant(0.01, 1.1).epsilon(uses, 1e-6)).isLessThanOrEqualTo(epsilon);
      before = epsilon;
    }
    assertThat(before).isGreaterThan(1);
  }
}
