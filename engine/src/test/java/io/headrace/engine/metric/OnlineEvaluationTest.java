package io.headrace.engine.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.LabelSpec;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnlineEvaluationTest {
  private static final LabelSpec TWO = new LabelSpec.Classes(List.of("no", "yes"));
  private static final LabelSpec FIVE = new LabelSpec.Classes(List.of("a", "b", "c", "d", "e"));
  private static final LabelSpec NUMBER = new LabelSpec.Numeric();

  private record Case(LabelSpec label, Rows rows) {
    OnlineEvaluation evaluation() {
      return new OnlineEvaluation(label, rows.width());
    }
  }

  private static List<Case> cases(long seed) {
    boolean weighted = seed % 2 == 0;
    return List.of(
        new Case(TWO, Rows.binary(seed, 3000, weighted)),
        new Case(FIVE, Rows.classes(seed, 5, 3000, weighted)),
        new Case(NUMBER, Rows.numbers(seed, 3000, weighted)));
  }

  @Test
  void reportsNothingBeforeTheFirstSample() {
    for (Case it : cases(1)) {
      OnlineEvaluation evaluation = it.evaluation();
      assertThat(evaluation.window()).isEmpty();
      assertThat(evaluation.total()).isEmpty();
      assertThat(evaluation.baselines()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void scoresTwoClassesAsTheDefinitionsDo(long seed) {
    Rows rows = Rows.binary(seed, 3000, seed % 2 == 0);
    var evaluation = new OnlineEvaluation(TWO, 1);
    rows.addTo(evaluation);

    double weight = 0;
    double loss = 0;
    double right = 0;
    double logLoss = 0;
    for (int i = 0; i < rows.count(); i++) {
      double p = rows.outputs()[i];
      double w = rows.weights()[i];
      boolean yes = rows.labels()[i] == 1;
      weight += w;
      loss += w * rows.losses()[i];
      right += (p > 0.5) == yes ? w : 0;
      logLoss -= w * Math.log(Math.max(yes ? p : 1 - p, 0x1p-25));
    }
    assertThat(evaluation.total())
        .containsOnlyKeys(
            "loss", "accuracy", "logLoss", "auc", "calibrationError", "meanPrediction", "baseRate");
    assertThat(evaluation.total().get("loss")).isCloseTo(loss / weight, within(1e-12));
    assertThat(evaluation.total().get("accuracy")).isCloseTo(right / weight, within(1e-12));
    assertThat(evaluation.total().get("logLoss")).isCloseTo(logLoss / weight, within(1e-10));
    assertThat(evaluation.total().get("auc")).isCloseTo(rows.exactAuc(), within(0.0005));
  }

  @Test
  void scoresTwoClassesTheSameFromOneOutputAsFromTwo() {
    Rows one = Rows.binary(7, 1000, true);
    float[] both = new float[2000];
    for (int i = 0; i < 1000; i++) {
      both[2 * i] = 1 - one.outputs()[i];
      both[2 * i + 1] = one.outputs()[i];
    }
    var fromOne = new OnlineEvaluation(TWO, 1);
    var fromTwo = new OnlineEvaluation(TWO, 2);
    one.addTo(fromOne);
    new Rows(2, both, one.labels(), one.weights(), one.losses()).addTo(fromTwo);
    assertThat(fromTwo.confusion()).isEqualTo(fromOne.confusion());
    assertThat(fromTwo.total().get("auc")).isEqualTo(fromOne.total().get("auc"));
    assertThat(fromTwo.total().get("logLoss"))
        .isCloseTo(fromOne.total().get("logLoss"), within(1e-5));
  }

  @Test
  void countsEachRowOnceInTheConfusionMatrix() {
    var evaluation = new OnlineEvaluation(new LabelSpec.Classes(List.of("a", "b", "c")), 3);
    float[] outputs = {.5f, .3f, .2f, .1f, .8f, .1f, .4f, .4f, .2f, .1f, .2f, .7f};
    float[] labels = {0, 2, 1, 2};
    new Rows(3, outputs, labels, new float[] {1, 1, 1, 1}, new float[4]).addTo(evaluation);
    assertThat(evaluation.confusion()).containsExactly(1L, 0L, 0L, 1L, 0L, 0L, 0L, 1L, 1L);
    assertThat(evaluation.total()).containsEntry("accuracy", 0.5).doesNotContainKey("auc");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void scoresNumbersAsTheDefinitionsDo(long seed) {
    Rows rows = Rows.numbers(seed, 3000, seed % 2 == 0);
    var evaluation = new OnlineEvaluation(NUMBER, 1);
    rows.addTo(evaluation);

    double weight = 0;
    double labels = 0;
    for (int i = 0; i < rows.count(); i++) {
      weight += rows.weights()[i];
      labels += (double) rows.weights()[i] * rows.labels()[i];
    }
    double squared = 0;
    double absolute = 0;
    double spread = 0;
    for (int i = 0; i < rows.count(); i++) {
      double error = (double) rows.labels()[i] - rows.outputs()[i];
      squared += rows.weights()[i] * error * error;
      absolute += rows.weights()[i] * Math.abs(error);
      spread += rows.weights()[i] * Math.pow(rows.labels()[i] - labels / weight, 2);
    }
    assertThat(evaluation.total()).containsOnlyKeys("loss", "mse", "mae", "r2");
    assertThat(evaluation.total().get("mse")).isCloseTo(squared / weight, within(1e-10));
    assertThat(evaluation.total().get("mae")).isCloseTo(absolute / weight, within(1e-10));
    assertThat(evaluation.total().get("r2")).isCloseTo(1 - squared / spread, within(1e-9));
  }

  @Test
  void leavesOutR2WhereLabelsDoNotVary() {
    var evaluation = new OnlineEvaluation(NUMBER, 1);
    float[] same = {3, 3};
    new Rows(1, new float[] {1, 2}, same, new float[] {1, 1}, new float[2]).addTo(evaluation);
    assertThat(evaluation.total()).containsOnlyKeys("loss", "mse", "mae");
  }

  @Test
  void windowHoldsOnlyTheSamplesSinceItStarted() {
    for (Case it : cases(4)) {
      OnlineEvaluation whole = it.evaluation();
      OnlineEvaluation part = it.evaluation();
      it.rows.slice(0, 1000).addTo(whole);
      whole.startWindow();
      assertThat(whole.window()).isEmpty();
      it.rows.slice(1000, 3000).addTo(whole);
      it.rows.slice(1000, 3000).addTo(part);
      assertThat(whole.window()).isEqualTo(part.window()).isNotEqualTo(whole.total());
      whole.startWindow();
      OnlineEvaluation atOnce = it.evaluation();
      it.rows.addTo(atOnce);
      atOnce
          .total()
          .forEach(
              (name, value) -> assertThat(whole.total().get(name)).isCloseTo(value, within(1e-9)));
      assertThat(whole.confusion()).isEqualTo(atOnce.confusion());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void givesTheSameBitsHoweverRowsAreCutAndAfterSaveAndRestore(long seed) {
    for (Case it : cases(seed)) {
      var random = new SplittableRandom(seed);
      OnlineEvaluation atOnce = it.evaluation();
      it.rows.slice(0, 500).addTo(atOnce);
      atOnce.startWindow();
      it.rows.slice(500, 3000).addTo(atOnce);

      OnlineEvaluation resumed = it.evaluation();
      it.rows.slice(0, 500).addTo(resumed);
      resumed.startWindow();
      int from = 500;
      while (from < 3000) {
        int to = Math.min(3000, from + 1 + random.nextInt(400));
        it.rows.slice(from, to).addTo(resumed);
        var saved = new SavedState();
        resumed.save(saved);
        resumed = it.evaluation();
        resumed.restore(saved.reader());
        from = to;
      }
      assertThat(resumed.window()).isEqualTo(atOnce.window());
      assertThat(resumed.total()).isEqualTo(atOnce.total());
      assertThat(resumed.baselines()).isEqualTo(atOnce.baselines());
      assertThat(resumed.confusion()).isEqualTo(atOnce.confusion());
      assertThat(resumed.calibration()).isEqualTo(atOnce.calibration());
    }
  }

  @Test
  void aWeightOfTwoCountsAsTheRowTwice() {
    for (Case it : cases(1)) {
      OnlineEvaluation twice = it.evaluation();
      OnlineEvaluation weighted = it.evaluation();
      Rows rows = it.rows;
      for (int i = 0; i < rows.count(); i++) {
        Rows row = rows.slice(i, i + 1);
        row.addTo(twice);
        row.addTo(twice);
        new Rows(row.width(), row.outputs(), row.labels(), new float[] {2}, row.losses())
            .addTo(weighted);
      }
      weighted
          .total()
          .forEach(
              (name, value) -> assertThat(value).isCloseTo(twice.total().get(name), within(1e-9)));
    }
  }

  @Test
  void leavesOutWhatIsNotFinite() {
    var evaluation = new OnlineEvaluation(TWO, 1);
    float[] nan = {Float.NaN, 0.2f};
    new Rows(1, nan, new float[] {1, 0}, new float[] {1, 1}, nan).addTo(evaluation);
    assertThat(evaluation.total()).doesNotContainKey("loss").containsKey("accuracy");
    assertThat(evaluation.total().values()).allMatch(Double::isFinite);
  }

  @Test
  void refusesAWidthThatDoesNotFitTheLabel() {
    assertThatThrownBy(() -> new OnlineEvaluation(FIVE, 1))
        .hasMessageContaining("1 outputs a row for 5 classes");
    assertThatThrownBy(() -> new OnlineEvaluation(NUMBER, 2)).hasMessageContaining("2 outputs");
  }

  @Test
  void addAllocatesNothing() {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (Case it : cases(3)) {
      OnlineEvaluation evaluation = it.evaluation();
      MemorySegment outputs = Floats.of(it.rows.outputs());
      MemorySegment losses = Floats.of(it.rows.losses());
      long before = 0;
      for (int round = 0; round < 40; round++) {
        if (round == 20) {
          before = threads.getCurrentThreadAllocatedBytes();
        }
        evaluation.add(outputs, it.rows.labels(), it.rows.weights(), losses, it.rows.count());
      }
      long perRow = (threads.getCurrentThreadAllocatedBytes() - before) / (20L * it.rows.count());
      assertThat(perRow).as("bytes a row for %s", it.label).isZero();
    }
  }
}
