package io.headrace.engine.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import java.util.Map;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SchedulesTest {
  private static final Offset<Double> EXACT = Offset.offset(1e-9);

  private static Schedule schedule(String name, Map<String, ?> settings) {
    return Schedules.variants().named(name).from(settings);
  }

  private static double[] factors(Schedule schedule, long... steps) {
    return LongStream.of(steps).mapToDouble(schedule::factor).toArray();
  }

  @Test
  void constantIsTheRateAsItWasSet() {
    assertThat(schedule("constant", Map.of())).isSameAs(Schedule.CONSTANT);
    assertThat(factors(Schedule.CONSTANT, 1, 2, 1_000_000)).containsOnly(1);
  }

  @Test
  void warmUpRisesInAStraightLineToWhereTheScheduleBegins() {
    assertThat(factors(schedule("constant", Map.of("warm-up", 4)), 1, 2, 3, 4, 5, 99))
        .containsExactly(0.25, 0.5, 0.75, 1, 1, 1);
    assertThat(factors(schedule("step", Map.of("every", 2, "warm-up", 2)), 1, 2, 3, 4, 5, 6))
        .containsExactly(new double[] {0.5, 1, 1, 0.1, 0.1, 0.01}, EXACT);
  }

  /** {@code StepLR(step_size=3, gamma=0.5)}. */
  @Test
  void stepFallsFromTimeToTime() {
    Schedule step = schedule("step", Map.of("every", 3, "factor", 0.5));
    assertThat(factors(step, 1, 2, 3, 4, 6, 7, 10))
        .containsExactly(new double[] {1, 1, 1, 0.5, 0.5, 0.25, 0.125}, EXACT);
  }

  /** {@code ExponentialLR(gamma=0.9)}, and a slower one. */
  @Test
  void exponentialFallsByTheSamePart() {
    assertThat(factors(schedule("exponential", Map.of("every", 1)), 1, 2, 3, 11))
        .containsExactly(new double[] {1, 0.9, 0.81, Math.pow(0.9, 10)}, EXACT);
    assertThat(schedule("exponential", Map.of("every", 100, "factor", 0.5)).factor(201))
        .isCloseTo(0.25, EXACT);
  }

  /** {@code CosineAnnealingLR(T_max=8, eta_min=0.1)} of PyTorch 1.13. */
  @Test
  void cosineFallsAsInPyTorchAndThenStays() {
    Schedule cosine = schedule("cosine", Map.of("steps", 8, "final", 0.1));
    assertThat(factors(cosine, 1, 2, 3, 5, 8, 9, 10, 1_000))
        .containsExactly(
            new double[] {
              1, 0.9657457896300791, 0.8681980515339464, 0.55, 0.1342542103699209, 0.1, 0.1, 0.1
            },
            EXACT);
  }

  @Test
  void cosineCountsItsWarmUpIn() {
    Schedule cosine = schedule("cosine", Map.of("steps", 12, "warm-up", 4));
    assertThat(factors(cosine, 2, 4, 8, 12, 13))
        .containsExactly(new double[] {0.5, 1, 0.5, 0, 0}, EXACT);
    assertThatThrownBy(() -> schedule("cosine", Map.of("steps", 5, "warm-up", 5)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("5 is not > warm-up, which is 5");
  }

  /** Vaswani et al., equation 3, divided by its peak. */
  @Test
  void inverseRootRisesAndFallsAsInThePaper() {
    Schedule schedule = schedule("inverse-sqrt", Map.of("warm-up", 16));
    for (long step : new long[] {1, 2, 15, 16, 17, 64, 10_000}) {
      double paper = Math.min(1 / Math.sqrt((double) step), step * Math.pow(16, -1.5));
      assertThat(schedule.factor(step)).isCloseTo(paper * 4, EXACT);
    }
  }

  /** {@code OneCycleLR(max_lr=1, total_steps=11, pct_start=0.4)} of PyTorch 1.13. */
  @Test
  void oneCycleRisesAndFallsAsInPyTorchAndThenStays() {
    Schedule cycle = schedule("one-cycle", Map.of("steps", 11, "peak-at", 0.4));
    assertThat(factors(cycle, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11))
        .containsExactly(
            new double[] {
              0.04,
              0.2307353745379569,
              0.6513582352345996,
              0.9675866701140907,
              0.9797465678213015,
              0.8618675715844589,
              0.6635353275227843,
              0.428844865493034,
              0.20997470532822013,
              0.055586053343435624,
              4e-06
            },
            EXACT);
    assertThat(cycle.factor(500)).isCloseTo(4e-6, EXACT);
  }
}
