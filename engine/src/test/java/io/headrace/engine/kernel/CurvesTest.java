package io.headrace.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class CurvesTest {
  @Test
  void exponentialIsRightToAFewUnitsInTheLastPlace() {
    for (double x = -86; x < 88; x += 0.0137) {
      float given = (float) x;
      double expected = Math.exp(given);
      assertThat(Curves.exp(given) / expected).isCloseTo(1, Offset.offset(3e-7));
    }
  }

  @Test
  void tanhIsRightToAFewUnitsInTheLastPlace() {
    for (double x = 1e-6; x < 30; x *= 1.0037) {
      float given = (float) x;
      double expected = Math.tanh(given);
      assertThat(Curves.tanh(given) / expected).isCloseTo(1, Offset.offset(4e-7));
      assertThat(Curves.tanh(-given) / -expected).isCloseTo(1, Offset.offset(4e-7));
    }
  }

  @Test
  void extremesStayFiniteAndNaNStaysNaN() {
    assertThat(Curves.tanh(Float.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(Curves.tanh(Float.NEGATIVE_INFINITY)).isEqualTo(-1);
    assertThat(Curves.sigmoid(Float.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(Curves.sigmoid(-1e9f)).isBetween(0f, 1e-30f);
    assertThat(Curves.tanh(Float.NaN)).isNaN();
    assertThat(Curves.sigmoid(Float.NaN)).isNaN();
    assertThat(Curves.gate(Float.NaN)).isNaN();
  }
}
