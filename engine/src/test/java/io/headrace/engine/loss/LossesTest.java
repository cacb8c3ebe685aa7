package io.headrace.engine.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.LabelSpec;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossesTest {
  private static final LabelSpec NUMBER = new LabelSpec.Numeric();
  private static final int ROWS = 9;

  private static LabelSpec classes(int count) {
    return new LabelSpec.Classes(IntStream.range(0, count).mapToObj(i -> "c" + i).toList());
  }

  private static Loss loss(String name) {
    return Losses.variants().named(name).from(Map.of());
  }

  private static Loss.Scores scores(int width, long seed) {
    int stride = width == 1 ? 1 : Kernels.padded(width);
    var rows =
        new Loss.Scores(
            width,
            stride,
            Floats.allocate((long) ROWS * stride),
            Floats.allocate((long) ROWS * stride),
            Floats.allocate((long) ROWS * width),
            Floats.allocate(ROWS));
    var random = new Random(seed);
    for (int row = 0; row < ROWS; row++) {
      for (int k = 0; k < width; k++) {
        Floats.write(rows.scores(), (long) row * stride + k, (float) random.nextGaussian() * 3);
      }
    }
    return rows;
  }

  @ParameterizedTest
  @CsvSource({"logistic,1", "squared,1", "softmax,2", "softmax,3", "softmax,17", "softmax,100"})
  void gradientsMatchFiniteDifferencesOfTheWeightedMean(String name, int width) {
    Loss loss = loss(name);
    Loss.Scores rows = scores(width, 4);
    var random = new Random(8);
    float[] labels = new float[ROWS + 2];
    float[] weights = new float[ROWS + 2];
    for (int i = 0; i < labels.length; i++) {
      labels[i] =
          name.equals("squared")
              ? (float) random.nextGaussian()
              : random.nextInt(width + (width == 1 ? 1 : 0));
      weights[i] = 0.5f + random.nextFloat();
    }
    loss.score(rows, labels, weights, 2, 0, ROWS, 1f / ROWS);
    float[] gradients = Floats.toArray(rows.gradients());
    for (int row = 0; row < ROWS; row++) {
      for (int k = 0; k < width; k++) {
        int at = row * rows.stride() + k;
        double slope = slope(loss, rows, labels, weights, at);
        assertThat((double) gradients[at])
            .as("row %d score %d", row, k)
            .isCloseTo(slope, Offset.offset(2e-4));
      }
    }
  }

  private static double slope(
      Loss loss, Loss.Scores rows, float[] labels, float[] weights, int at) {
    float value = Floats.read(rows.scores(), at);
    float step = 1e-2f;
    Floats.write(rows.scores(), at, value + step);
    double above = mean(loss, rows, labels, weights);
    Floats.write(rows.scores(), at, value - step);
    double below = mean(loss, rows, labels, weights);
    Floats.write(rows.scores(), at, value);
    return (above - below) / (2 * step);
  }

  private static double mean(Loss loss, Loss.Scores rows, float[] labels, float[] weights) {
    loss.score(rows, labels, weights, 2, 0, ROWS, 1f / ROWS);
    double sum = 0;
    for (int row = 0; row < ROWS; row++) {
      sum += (double) weights[2 + row] * Floats.read(rows.losses(), row);
    }
    return sum / ROWS;
  }

  @Test
  void extremeScoresStayFinite() {
    Loss.Scores one = scores(1, 1);
    Floats.write(one.scores(), 0, 1e30f);
    Floats.write(one.scores(), 1, -1e30f);
    loss("logistic").score(one, new float[] {1, 1}, new float[] {1, 1}, 0, 0, 2, 1);
    assertThat(Floats.toArray(one.losses())).startsWith(0f, 1e30f);
    assertThat(Floats.toArray(one.outputs())).startsWith(1f, 0f);

    Loss.Scores two = scores(2, 1);
    Floats.write(two.scores(), 0, 1e30f);
    Floats.write(two.scores(), 1, -1e30f);
    loss("softmax").score(two, new float[] {0}, new float[] {1}, 0, 0, 1, 1);
    assertThat(Floats.toArray(two.losses())).startsWith(0f);
    assertThat(Floats.toArray(two.outputs())).startsWith(1f, 0f);
  }

  @Test
  void predictsWhatItScores() {
    for (var named : List.of("logistic", "squared", "softmax")) {
      int width = named.equals("softmax") ? 5 : 1;
      Loss.Scores rows = scores(width, 3);
      loss(named).score(rows, new float[ROWS], new float[ROWS], 0, 0, ROWS, 1);
      float[] scored = Floats.toArray(rows.outputs());
      Floats.fill(rows.outputs(), 0, scored.length, 7);
      loss(named).predict(rows, 0, 4);
      loss(named).predict(rows, 4, ROWS);
      assertThat(Floats.toArray(rows.outputs())).isEqualTo(scored);
    }
  }

  @Test
  void saysWhichLossFitsTheLabel() {
    assertThat(loss("logistic").units(classes(2))).isEqualTo(1);
    assertThat(loss("softmax").units(classes(7))).isEqualTo(7);
    assertThat(loss("squared").units(NUMBER)).isEqualTo(1);
    assertThatThrownBy(() -> loss("logistic").units(classes(3)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("3 classes [c0, c1, c2]")
        .hasMessageContaining("Use softmax");
    assertThatThrownBy(() -> loss("softmax").units(NUMBER)).hasMessageContaining("Use squared");
    assertThatThrownBy(() -> loss("squared").units(classes(2))).hasMessageContaining("Use softmax");
  }
}
