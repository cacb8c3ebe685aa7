package io.headrace.engine.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DriftDetectorTest {
  private static final int SAMPLES = 64;

  /**
   * The losses of batches around {@code mean}, as far spread as those of single samples make it.
   */
  private static List<Drift> feed(
      DriftDetector detector, Random random, int batches, double from, double to) {
    List<Drift> found = new ArrayList<>();
    for (int i = 0; i < batches; i++) {
      double mean = from + (to - from) * i / batches;
      detector.add(mean * (1 + 0.2 * random.nextGaussian()), SAMPLES).ifPresent(found::add);
    }
    return found;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void tellsOfARiseOnceAndBetweenWhatAndWhat(long seed) {
    var random = new Random(seed);
    var detector = new DriftDetector("loss", 0.25);
    assertThat(feed(detector, random, 2_000, 0.4, 0.4)).isEmpty();

    List<Drift> found = feed(detector, random, 2_000, 0.6, 0.6);

    assertThat(found).hasSize(1);
    Drift drift = found.getFirst();
    assertThat(drift.what()).isEqualTo("loss");
    assertThat(drift.before()).isBetween(0.38, 0.44);
    assertThat(drift.now()).isBetween(0.5, 0.65);
    assertThat(drift.threshold()).isBetween(drift.before(), drift.now());
    assertThat(drift.samples()).isBetween(30L * SAMPLES, 300L * SAMPLES);
    assertThat(drift.message()).contains("loss rose from 0.", "samples");
  }

  @ParameterizedTest
  @CsvSource({"0.4, 0.4", "0.8, 0.1", "0.4, 0.46"})
  void saysNothingOfChanceOfLearningOrOfARiseThatMattersLess(double from, double to) {
    for (long seed = 1; seed <= 5; seed++) {
      var detector = new DriftDetector("loss", 0.25);
      assertThat(feed(detector, new Random(seed), 20_000, from, to)).as("seed " + seed).isEmpty();
    }
  }

  @Test
  void tellsOfManySmallRisesOnceTheyMatter() {
    var detector = new DriftDetector("loss", 0.25);
    assertThat(feed(detector, new Random(1), 20_000, 0.4, 0.8)).isNotEmpty();
  }

  @Test
  void looksAtTheSamplesWhateverTheyAreCutInto() {
    var whole = new DriftDetector("loss", 0.25);
    var parts = new DriftDetector("loss", 0.25);
    List<Drift> ofWhole = new ArrayList<>();
    List<Drift> ofParts = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      double mean = (i < 1_000 ? 0.25 : 0.5) + (i % 2) * 0.125;
      whole.add(mean, SAMPLES).ifPresent(ofWhole::add);
      for (int part = 0; part < 4; part++) {
        parts.add(mean, SAMPLES / 4).ifPresent(ofParts::add);
      }
    }
    assertThat(ofWhole).hasSize(1).isEqualTo(ofParts);
  }

  @Test
  void passesOverALossThatIsNoNumber() {
    var random = new Random(1);
    var detector = new DriftDetector("loss", 0.25);
    feed(detector, random, 1_000, 0.4, 0.4);
    assertThat(detector.add(Double.NaN, SAMPLES)).isEmpty();
    assertThat(detector.add(Double.POSITIVE_INFINITY, SAMPLES)).isEmpty();
    assertThat(feed(detector, random, 1_000, 0.6, 0.6)).hasSize(1);
  }

  @Test
  void goesOnAsItWasFromWhatItSaved() {
    var random = new Random(7);
    var detector = new DriftDetector("loss", 0.25);
    feed(detector, random, 1_000, 0.4, 0.4);
    detector.add(0.5, 3); // a block that is not full
    var saved = new SavedState();
    detector.save(saved);
    var restored = new DriftDetector("loss", 0.25);
    restored.restore(saved.reader());

    List<Drift> expected = feed(detector, new Random(8), 1_000, 0.6, 0.6);

    assertThat(expected).hasSize(1);
    assertThat(feed(restored, new Random(8), 1_000, 0.6, 0.6)).isEqualTo(expected);
  }

  @Test
  void beginsAnewWhereNothingWasSaved() {
    var detector = new DriftDetector("loss", 0.25);
    feed(detector, new Random(7), 1_000, 0.4, 0.4);
    detector.restore(new SavedState().reader());
    assertThat(feed(detector, new Random(8), 1_000, 0.6, 0.6)).isEmpty();
  }
}
