package io.headrace.engine.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.LabelSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

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

  /** A loss, its scores a row, and labels to draw from. */
  record Named(String name, Map<String, ?> settings, int width, int classes) {
    Loss loss() {
      return Losses.variants().named(name).from(settings);
    }

    float label(Random random) {
      return switch (name) {
        case "squared", "huber", "quantile" -> (float) random.nextGaussian();
        case "poisson" -> random.nextInt(5);
        default -> random.nextInt(classes);
      };
    }
  }

  static Stream<Named> losses() {
    return Stream.of(
        new Named("logistic", Map.of(), 1, 2),
        new Named("logistic", Map.of("positive-weight", 3.5), 1, 2),
        new Named("hinge", Map.of(), 1, 2),
        new Named("squared", Map.of(), 1, 0),
        new Named("huber", Map.of(), 1, 0),
        new Named("huber", Map.of("delta", 2.5), 1, 0),
        new Named("quantile", Map.of(), 1, 0),
        new Named("quantile", Map.of("tau", 0.9), 1, 0),
        new Named("poisson", Map.of(), 1, 0),
        new Named("softmax", Map.of(), 2, 2),
        new Named("softmax", Map.of("class-weights", List.of(0.5, 2, 1.25)), 3, 3),
        new Named("softmax", Map.of("label-smoothing", 0.2), 17, 17),
        new Named(
            "softmax",
            Map.of("label-smoothing", 0.1, "class-weights", List.of(1, 2, 3, 4, 0.5)),
            5,
            5),
        new Named("softmax", Map.of(), 100, 100));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void gradientsMatchFiniteDifferencesOfTheWeightedMean(Named named) {
    Loss loss = named.loss();
    Loss.Scores rows = scores(named.width(), 4);
    var random = new Random(8);
    float[] labels = new float[ROWS + 2];
    float[] weights = new float[ROWS + 2];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = named.label(random);
      weights[i] = 0.5f + random.nextFloat();
    }
    loss.score(rows, labels, weights, 2, 0, ROWS, 1f / ROWS);
    float[] gradients = Floats.toArray(rows.gradients());
    for (int row = 0; row < ROWS; row++) {
      for (int k = 0; k < named.width(); k++) {
        int at = row * rows.stride() + k;
        double slope = slope(loss, rows, labels, weights, at);
        assertThat((double) gradients[at])
            .as("row %d score %d", row, k)
            .isCloseTo(slope, Offset.offset(2e-4 * (1 + Math.abs(slope))));
      }
    }
  }

  /** Against the score after 200,000 small steps, each with the slope that the last one left. */
  @ParameterizedTest
  @CsvSource({
    "logistic, 0",
    "logistic, 1",
    "squared, 0.7",
    "hinge, 0",
    "hinge, 1",
    "quantile, -0.3",
    "quantile, 2"
  })
  void aSlopeAwareOfItsPullGoesAsFarAsManySmallSteps(String name, double y) {
    Loss loss = loss(name);
    for (double pull : new double[] {1e-8, 0.01, 1, 30}) {
      for (double z : new double[] {-4, -0.2, 0, 1, 3}) {
        double weight = 1.75;
        double score = z;
        int steps = 200_000;
        for (int i = 0; i < steps; i++) {
          score -= pull * plainSlope(loss, score, y) * weight / steps;
        }
        double slope = plainSlope(loss, z, y) * weight;
        double aware = loss.awareSlope(slope, z, y, weight, pull);
        assertThat(z - pull * aware)
            .as("%s of %s at %s, pull %s", name, y, z, pull)
            .isCloseTo(score, Offset.offset(3e-4));
      }
    }
  }

  private static double plainSlope(Loss loss, double z, double y) {
    return switch (loss) {
      case SingleScoreLoss single -> single.slope(z, y);
      default -> LogisticLoss.probability(z) - y;
    };
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

  @ParameterizedTest
  @MethodSource("losses")
  void predictsWhatItScores(Named named) {
    Loss.Scores rows = scores(named.width(), 3);
    named.loss().score(rows, new float[ROWS], new float[ROWS], 0, 0, ROWS, 1);
    float[] scored = Floats.toArray(rows.outputs());
    Floats.fill(rows.outputs(), 0, scored.length, 7);
    named.loss().predict(rows, 0, 4);
    named.loss().predict(rows, 4, ROWS);
    assertThat(Floats.toArray(rows.outputs())).isEqualTo(scored);
  }

  /** PyTorch 1.13's losses of the scores 0.5, -1.5 and 3; Poisson with y log y - y added. */
  static Stream<Arguments> recorded() {
    return Stream.of(
        Arguments.of(
            "logistic", Map.of("positive-weight", 3.0), "1 0 1", "1.422231 0.201413 0.145762"),
        Arguments.of("huber", Map.of("delta", 1.5), "0.25 2 3", "0.031250 4.125 0"),
        Arguments.of("poisson", Map.of(), "2 0 3", "0.035016 0.223130 11.381374"));
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void costsWhatPyTorchSays(String name, Map<String, ?> settings, String labels, String losses) {
    Loss.Scores rows = scores(1, 1);
    scores(rows, 0.5f, -1.5f, 3);
    Loss loss = Losses.variants().named(name).from(settings);
    loss.score(rows, numbers(labels), new float[3], 0, 0, 3, 1);
    float[] expected = numbers(losses);
    for (int row = 0; row < 3; row++) {
      assertThat(Floats.read(rows.losses(), row))
          .isCloseTo(expected[row], Offset.offset(2e-6f * (1 + expected[row])));
    }
  }

  /** {@code cross_entropy(z, y, weight=[0.5, 2, 1.5], label_smoothing=0.1, reduction='none')}. */
  @ParameterizedTest
  @CsvSource({
    "0, 1.518644, -0.4229 -0.0607 0.4836",
    "1, 8.613934, 0.1285 -1.8470 1.7185",
    "2, 0.473837, 0.0947 -0.0516 -0.0431"
  })
  void smoothsAndWeighsClassesAsPyTorchDoes(int label, float cost, String slopes) {
    Loss.Scores rows = scores(3, 1);
    scores(rows, 0.5f, -1.5f, 3);
    Losses.variants()
        .named("softmax")
        .from(Map.of("label-smoothing", 0.1, "class-weights", List.of(0.5, 2, 1.5)))
        .score(rows, new float[] {label}, new float[] {1}, 0, 0, 1, 1);
    assertThat(Floats.read(rows.losses(), 0)).isCloseTo(cost, Offset.offset(1e-5f));
    assertThat(Arrays.copyOf(Floats.toArray(rows.gradients()), 3))
        .containsExactly(numbers(slopes), Offset.offset(1e-4f));
  }

  private static void scores(Loss.Scores rows, float... values) {
    for (int i = 0; i < values.length; i++) {
      Floats.write(rows.scores(), i, values[i]);
    }
  }

  private static float[] numbers(String text) {
    String[] words = text.split(" ", -1);
    float[] numbers = new float[words.length];
    for (int i = 0; i < words.length; i++) {
      numbers[i] = Float.parseFloat(words[i]);
    }
    return numbers;
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
    assertThat(loss("poisson").units(new LabelSpec.Count())).isEqualTo(1);
    assertThat(loss("huber").units(new LabelSpec.Count())).isEqualTo(1);
    assertThatThrownBy(() -> loss("poisson").units(NUMBER)).hasMessageContaining("type: count");
    assertThatThrownBy(() -> loss("hinge").units(classes(3))).hasMessageContaining("Use softmax");
  }

  @Test
  void asksForOneWeightAClass() {
    Loss loss = Losses.variants().named("softmax").from(Map.of("class-weights", List.of(1, 2)));
    assertThat(loss.units(classes(2))).isEqualTo(2);
    assertThatThrownBy(() -> loss.units(classes(3)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("class-weights has 2 numbers [1.0, 2.0]")
        .hasMessageContaining("3 classes [c0, c1, c2]");
  }
}
