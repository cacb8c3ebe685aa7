package io.headrace.engine.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headrace.engine.sample.LabelSpec;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalibrationTest {
  private static final LabelSpec TWO = new LabelSpec.Classes(List.of("no", "yes"));
  private static final LabelSpec THREE = new LabelSpec.Classes(List.of("a", "b", "c"));

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void agreesWithAPlainCountOfEachBin(long seed) {
    Rows rows = Rows.binary(seed, 3000, seed % 2 == 0);
    var evaluation = new OnlineEvaluation(TWO, 1);
    rows.addTo(evaluation);
    Calibration.Bin counted = null;
    double all = 0;
    double error = 0;
    double predictedOfAll = 0;
    double observedOfAll = 0;
    assertThat(evaluation.calibration().total()).hasSize(16);
    for (Calibration.Bin bin : evaluation.calibration().total()) {
      double weight = 0;
      double predicted = 0;
      double observed = 0;
      for (int i = 0; i < rows.count(); i++) {
        double p = rows.outputs()[i];
        if (p >= bin.from() && (p < bin.to() || (bin.to() == 1 && p == 1))) {
          weight += rows.weights()[i];
          predicted += rows.weights()[i] * p;
          observed += rows.weights()[i] * rows.labels()[i];
        }
      }
      assertThat(bin.weight()).isCloseTo(weight, within(1e-9));
      assertThat(bin.predicted()).isCloseTo(predicted / weight, within(1e-9));
      assertThat(bin.observed()).isCloseTo(observed / weight, within(1e-9));
      assertThat(counted == null ? 0 : counted.to()).isEqualTo(bin.from());
      counted = bin;
      all += weight;
      error += Math.abs(predicted - observed);
      predictedOfAll += predicted;
      observedOfAll += observed;
    }
    SortedMap<String, Double> scores = evaluation.total();
    assertThat(scores.get("calibrationError")).isCloseTo(error / all, within(1e-9));
    assertThat(scores.get("meanPrediction")).isCloseTo(predictedOfAll / all, within(1e-9));
    assertThat(scores.get("baseRate")).isCloseTo(observedOfAll / all, within(1e-9));
  }

  /** A bin is looked up, not searched for: each must begin and end exactly where it says. */
  @Test
  void binsBeginAtTheirEdgesToTheLastBit() {
    double[] edges = {.001, .01, .05, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .99, .999};
    for (int i = 0; i < edges.length; i++) {
      assertThat(CalibrationSums.bin(edges[i])).isEqualTo(i + 1);
      assertThat(CalibrationSums.bin(Math.nextUp(edges[i]))).isEqualTo(i + 1);
      assertThat(CalibrationSums.bin(Math.nextDown(edges[i]))).isEqualTo(i);
    }
    assertThat(CalibrationSums.bin(1)).isEqualTo(15);
    assertThat(CalibrationSums.bin(0)).isZero();
    assertThat(CalibrationSums.bin(-0.0)).isZero();
    assertThat(CalibrationSums.bin(Double.MIN_VALUE)).isZero();
    for (int bits = 0; bits <= Float.floatToRawIntBits(1); bits += 4099) {
      float probability = Float.intBitsToFloat(bits);
      int begun = (int) Arrays.stream(edges).filter(edge -> probability >= edge).count();
      assertThat(CalibrationSums.bin(probability)).isEqualTo(begun);
    }
  }

  @Test
  void isSmallForHonestProbabilitiesAndTheGapForShiftedOnes() {
    var random = new SplittableRandom(5);
    int count = 100_000;
    float[] honest = new float[count];
    float[] shifted = new float[count];
    float[] labels = new float[count];
    float[] ones = new float[count];
    for (int i = 0; i < count; i++) {
      honest[i] = (float) random.nextDouble(0.8);
      shifted[i] = honest[i] + 0.2f;
      labels[i] = random.nextDouble() < honest[i] ? 1 : 0;
      ones[i] = 1;
    }
    assertThat(totalOf(honest, labels, ones).get("calibrationError")).isLessThan(0.01);
    assertThat(totalOf(shifted, labels, ones).get("calibrationError")).isCloseTo(0.2, within(0.01));
  }

  private static SortedMap<String, Double> totalOf(float[] outputs, float[] labels, float[] ones) {
    var evaluation = new OnlineEvaluation(TWO, 1);
    new Rows(1, outputs, labels, ones, ones).addTo(evaluation);
    return evaluation.total();
  }

  @Test
  void countsTheClassTakenWhereThereAreMoreThanTwo() {
    var evaluation = new OnlineEvaluation(THREE, 3);
    float[] outputs = {.1f, .75f, .15f, .75f, .15f, .1f, .25f, .25f, .5f};
    new Rows(3, outputs, new float[] {1, 1, 2}, new float[] {1, 1, 2}, new float[3])
        .addTo(evaluation);
    assertThat(evaluation.calibration().total())
        .containsExactly(
            new Calibration.Bin(0.5, 0.6, 2, 0.5, 1), new Calibration.Bin(0.7, 0.8, 2, 0.75, 0.5));
    assertThat(evaluation.total())
        .containsEntry("meanConfidence", 0.625)
        .containsEntry("calibrationError", (2 * 0.5 + 2 * 0.25) / 4)
        .doesNotContainKeys("meanPrediction", "baseRate");
  }

  @Test
  void takesTheSecondOfTwoClassesFromOneOutputAndFromTwo() {
    var one = new OnlineEvaluation(TWO, 1);
    var two = new OnlineEvaluation(TWO, 2);
    float[] labels = {0, 1};
    float[] ones = {1, 1};
    new Rows(1, new float[] {.25f, .75f}, labels, ones, ones).addTo(one);
    new Rows(2, new float[] {.75f, .25f, .25f, .75f}, labels, ones, ones).addTo(two);
    assertThat(two.calibration()).isEqualTo(one.calibration());
    assertThat(one.calibration().total()).hasSize(2);
  }

  @Test
  void windowBeginsAnewAndWhatIsNoProbabilityIsNotCounted() {
    var evaluation = new OnlineEvaluation(TWO, 1);
    float[] ones = {1, 1};
    new Rows(1, new float[] {1, Float.NaN}, ones, ones, ones).addTo(evaluation);
    var one = new Calibration.Bin(0.999, 1, 1, 1, 1);
    assertThat(evaluation.calibration()).isEqualTo(new Calibration(List.of(one), List.of(one)));
    evaluation.startWindow();
    assertThat(evaluation.calibration()).isEqualTo(new Calibration(List.of(), List.of(one)));
  }

  @Test
  void countsFromNothingAfterAStateThatIsOlder() {
    Rows rows = Rows.binary(1, 100, false);
    var before = new OnlineEvaluation(TWO, 1);
    rows.addTo(before);
    var saved = new SavedState();
    before.save(saved);
    var after = new OnlineEvaluation(TWO, 1);
    after.restore(saved.without("calibration.").reader());
    assertThat(after.calibration()).isEqualTo(Calibration.NONE);
    assertThat(after.total())
        .containsEntry("logLoss", before.total().get("logLoss"))
        .doesNotContainKey("calibrationError");
    rows.addTo(after);
    assertThat(after.calibration().total()).isEqualTo(before.calibration().total());
  }

  @Test
  void numbersHaveNone() {
    var evaluation = new OnlineEvaluation(new LabelSpec.Numeric(), 1);
    Rows.numbers(1, 10, false).addTo(evaluation);
    assertThat(evaluation.calibration()).isEqualTo(Calibration.NONE);
  }
}
