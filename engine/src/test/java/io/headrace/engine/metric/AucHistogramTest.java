package io.headrace.engine.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AucHistogramTest {
  @Test
  void binsGrowWithTheProbabilityOverAllFloats() {
    int last = 0;
    int lastBits = Float.floatToRawIntBits(1f);
    for (int bits = 0; bits <= lastBits; bits += 101) {
      int bin = AucHistogram.bin(Float.intBitsToFloat(bits));
      assertThat(bin).isGreaterThanOrEqualTo(last);
      last = bin;
    }
    assertThat(AucHistogram.bin(1f)).isEqualTo(2 * AucHistogram.bin(0.5f));
    assertThat(AucHistogram.bin(Float.NaN)).isZero();
  }

  @Test
  void noBinIsWiderThan6ThousandthsOfALogitWhereFloatsAreFineEnough() {
    double lower = Math.log(0x1p-25 / (1 - 0x1p-25));
    int last = AucHistogram.bin(0x1p-25f);
    for (double logit = lower; logit < 9; logit += 0.0001) {
      int bin = AucHistogram.bin((float) (1 / (1 + Math.exp(-logit))));
      if (bin != last) {
        assertThat(logit - lower).as("bin %d", last).isLessThan(0.006);
        lower = logit;
        last = bin;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void differsFromTheExactAreaByNoMoreThanTheDocumentedBound(long seed) {
    Rows rows = Rows.binary(seed, 2000, seed % 2 == 0);
    var histogram = new AucHistogram();
    for (int i = 0; i < rows.count(); i++) {
      histogram.add(rows.outputs()[i], (int) rows.labels()[i], rows.weights()[i]);
    }
    assertThat(rows.aucErrorBound()).isLessThan(0.0005);
    assertThat(histogram.total()).isCloseTo(rows.exactAuc(), within(rows.aucErrorBound()));
  }

  @Test
  void tellsScoresApartThatDifferOnlyNearTheExtremes() {
    var histogram = new AucHistogram();
    histogram.add(1e-6f, 0, 1);
    histogram.add(2e-6f, 1, 1);
    histogram.add(1 - 2e-6f, 0, 1);
    histogram.add(1 - 1e-6f, 1, 1);
    assertThat(histogram.total()).isEqualTo(0.75);
  }

  @Test
  void countsEqualScoresHalf() {
    var histogram = new AucHistogram();
    histogram.add(0.5f, 0, 1);
    histogram.add(0.5f, 1, 1);
    assertThat(histogram.total()).isEqualTo(0.5);
  }
}
