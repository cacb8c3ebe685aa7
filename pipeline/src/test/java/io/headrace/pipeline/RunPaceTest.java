package io.headrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class RunPaceTest {
  private static OptionalDouble steady(double... rates) {
    double[] starts = new double[rates.length];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = 2 * i;
    }
    return RunPace.secondsToSteadySpeed(starts, rates, rates.length);
  }

  @Test
  void isTheStartOfTheFirstWindowThatIsAsFastAsTheLaterHalf() {
    assertThat(steady(10, 50, 91, 99, 100, 101, 100, 100)).hasValue(4);
    assertThat(steady(100, 100, 100, 100)).hasValue(0);
  }

  @Test
  void isNotMovedByOneSlowWindowAmongTheLater() {
    assertThat(steady(10, 100, 100, 100, 5, 100, 100, 100)).hasValue(2);
  }

  @Test
  void countsAWindowThatIsMuchFasterAsUnsteady() {
    assertThat(steady(200, 105, 100, 100, 100, 100)).hasValue(2);
  }

  @Test
  void isUnknownForAShortRun() {
    assertThat(steady(100, 100, 100)).isEmpty();
  }
}
