package io.headrace.engine.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headrace.engine.sample.LabelSpec;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaselinesTest {
  @Test
  void guessEachLabelBeforeTheyCountIt() {
    // guesses by majority: 0 1 1 1 0(tie) 0; by last: 0 1 1 0 0 1
    SortedMap<String, Double> scores = ofClasses(new float[] {1, 1, 0, 0, 1, 0}, 2);
    assertThat(scores.get("majorityClassAccuracy")).isEqualTo(1 / 6.0);
    assertThat(scores.get("lastLabelAccuracy")).isEqualTo(2 / 6.0);
    double product = 1 / 2.0 * 2 / 3 * 1 / 4 * 2 / 5 * 3 / 6 * 3 / 7;
    assertThat(scores.get("baseRateLogLoss")).isCloseTo(-Math.log(product) / 6, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void agreeWithAPlainCountOverManyClasses(long seed) {
    Rows rows = Rows.classes(seed, 5, 2000, false);
    SortedMap<String, Double> scores = ofClasses(rows.labels(), 5);
    int[] counts = new int[5];
    int majorityRight = 0;
    double logLoss = 0;
    for (int i = 0; i < rows.count(); i++) {
      int label = (int) rows.labels()[i];
      int best = 0;
      for (int k = 1; k < 5; k++) {
        best = counts[k] > counts[best] ? k : best;
      }
      majorityRight += best == label ? 1 : 0;
      logLoss -= Math.log((counts[label] + 1) / (i + 5.0));
      counts[label]++;
    }
    assertThat(scores.get("majorityClassAccuracy")).isEqualTo(majorityRight / 2000.0);
    assertThat(scores.get("baseRateLogLoss")).isCloseTo(logLoss / 2000, within(1e-10));
  }

  @Test
  void guessTheMeanAndTheLastNumber() {
    var evaluation = new OnlineEvaluation(new LabelSpec.Numeric(), 1);
    new Rows(1, new float[3], new float[] {2, 4, 6}, new float[] {1, 1, 1}, new float[3])
        .addTo(evaluation);
    assertThat(evaluation.baselines())
        .containsEntry("meanMse", (4 + 4 + 9) / 3.0)
        .containsEntry("lastLabelMse", (4 + 4 + 4) / 3.0);
  }

  private static SortedMap<String, Double> ofClasses(float[] labels, int classes) {
    List<String> names = List.of("a", "b", "c", "d", "e").subList(0, classes);
    var evaluation = new OnlineEvaluation(new LabelSpec.Classes(names), classes);
    float[] ones = new float[labels.length];
    java.util.Arrays.fill(ones, 1);
    new Rows(classes, new float[classes * labels.length], labels, ones, ones).addTo(evaluation);
    return evaluation.baselines();
  }
}
