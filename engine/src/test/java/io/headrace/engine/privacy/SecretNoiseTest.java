package io.headrace.engine.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headrace.engine.memory.Floats;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SecretNoiseTest {
  private static final int COUNT = 40_000;

  private static float[] noise(SecretNoise source, long release, int part) {
    var floats = Floats.allocate(COUNT);
    source.add(release, part, 3, floats, 0, 1, COUNT, COUNT);
    return Floats.toArray(floats);
  }

  private static double mean(float[] values, int power) {
    double sum = 0;
    for (float value : values) {
      sum += Math.pow(value / 3, power);
    }
    return sum / values.length;
  }

  @Test
  void hasTheMomentsOfANormalNumber() {
    float[] values = noise(new SecretNoise(OptionalLong.of(5)), 0, 0);
    assertThat(mean(values, 1)).isCloseTo(0, within(0.02));
    assertThat(mean(values, 2)).isCloseTo(1, within(0.03));
    assertThat(mean(values, 3)).isCloseTo(0, within(0.08));
    assertThat(mean(values, 4)).isCloseTo(3, within(0.25));
  }

  @Test
  void isTheSameForTheSameSeedReleaseAndPartAndUnrelatedOtherwise() {
    var source = new SecretNoise(OptionalLong.of(5));
    float[] first = noise(source, 7, 1);
    assertThat(noise(new SecretNoise(OptionalLong.of(5)), 7, 1)).isEqualTo(first);
    float[][] others = {
      noise(source, 8, 1), noise(source, 7, 2), noise(new SecretNoise(OptionalLong.of(6)), 7, 1)
    };
    for (float[] other : others) {
      double product = 0;
      for (int i = 0; i < COUNT; i++) {
        product += first[i] * other[i] / 9;
      }
      assertThat(product / COUNT).isCloseTo(0, within(0.03));
    }
  }

  @Test
  void isDrawnAnewWithoutASeed() {
    float[] one = noise(new SecretNoise(OptionalLong.empty()), 0, 0);
    assertThat(noise(new SecretNoise(OptionalLong.empty()), 0, 0)).isNotEqualTo(one);
  }

  @Test
  void leavesWhatIsBetweenRowsAlone() {
    var floats = Floats.allocate(12);
    new SecretNoise(OptionalLong.of(1)).add(0, 0, 1, floats, 0, 3, 3, 4);
    float[] values = Floats.toArray(floats);
    for (int i = 0; i < 12; i++) {
      if (i % 4 == 3) {
        assertThat(values[i]).isZero();
      } else {
        assertThat(values[i]).isNotZero();
      }
    }
  }

  @Test
  void tossesCoinsOfTheProbabilityAsked() {
    var source = new SecretNoise(OptionalLong.of(3));
    int heads = 0;
    for (boolean head : source.coins(0, COUNT, 0.2)) {
      heads += head ? 1 : 0;
    }
    assertThat(heads / (double) COUNT).isCloseTo(0.2, within(0.01));
    assertThat(source.coins(1, COUNT, 1)).doesNotContain(false);
  }
}
