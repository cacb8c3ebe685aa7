package io.headrace.engine.metric;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Scores of predicted class probabilities. Ties go to the class with the lower index. */
final class ClassScores implements Scores {
  private static final int WEIGHT = 0;
  private static final int LOSS = 1;
  private static final int RIGHT = 2;

  private final int width;
  private final WindowedSums sums = new WindowedSums(3);
  private final LogLossSum logLoss = new LogLossSum();
  private final @Nullable AucHistogram auc;
  private final CalibrationSums calibration = new CalibrationSums();
  private final ConfusionMatrix confusion;
  private final ClassBaselines baselines;

  ClassScores(int classes, int width) {
    if (width != classes && !(width == 1 && classes == 2)) {
      throw new IllegalArgumentException(
          width + " outputs a row for " + classes + " classes: one each, or 1 for two classes");
    }
    this.width = width;
    this.auc = classes == 2 ? new AucHistogram() : null;
    this.confusion = new ConfusionMatrix(classes);
    this.baselines = new ClassBaselines(classes);
  }

  @Override
  public void add(
      MemorySegment outputs, float[] labels, float[] weights, MemorySegment rowLosses, int rows) {
    for (int row = 0; row < rows; row++) {
      int label = (int) labels[row];
      float weight = weights[row];
      sums.add(WEIGHT, weight);
      sums.add(LOSS, weight * (double) Floats.read(rowLosses, row));
      if (width == 1) {
        scoreBinary(Floats.read(outputs, row), label, weight);
      } else {
        scoreRow(outputs, (long) row * width, label, weight);
      }
      baselines.add(label, weight);
    }
  }

  private void scoreBinary(float probability, int label, float weight) {
    count(label, probability > 0.5f ? 1 : 0, weight);
    logLoss.add(label == 1 ? probability : 1 - (double) probability, weight);
    if (auc != null) {
      auc.add(probability, label, weight);
    }
    calibration.add(probability, label == 1, weight);
  }

  private void scoreRow(MemorySegment outputs, long first, int label, float weight) {
    int predicted = 0;
    float highest = Floats.read(outputs, first);
    for (int i = 1; i < width; i++) {
      float probability = Floats.read(outputs, first + i);
      if (probability > highest) {
        highest = probability;
        predicted = i;
      }
    }
    count(label, predicted, weight);
    logLoss.add(Floats.read(outputs, first + label), weight);
    if (auc == null) {
      calibration.add(highest, predicted == label, weight);
    } else {
      float second = Floats.read(outputs, first + 1);
      auc.add(second, label, weight);
      calibration.add(second, label == 1, weight);
    }
  }

  private void count(int label, int predicted, float weight) {
    if (predicted == label) {
      sums.add(RIGHT, weight);
    }
    confusion.add(label, predicted);
  }

  @Override
  public Entries window() {
    double weight = sums.window(WEIGHT);
    return entries(calibration.window())
        .with("loss", sums.window(LOSS) / weight)
        .with("accuracy", sums.window(RIGHT) / weight)
        .with("logLoss", logLoss.window() / weight)
        .with("auc", auc == null ? Double.NaN : auc.window());
  }

  @Override
  public Entries total() {
    double weight = sums.total(WEIGHT);
    return entries(calibration.total())
        .with("loss", sums.total(LOSS) / weight)
        .with("accuracy", sums.total(RIGHT) / weight)
        .with("logLoss", logLoss.total() / weight)
        .with("auc", auc == null ? Double.NaN : auc.total());
  }

  /** For more than two classes the observed share is the accuracy, told elsewhere. */
  private Entries entries(CalibrationSums.Mean mean) {
    var entries = new Entries().with("calibrationError", mean.error());
    return auc == null
        ? entries.with("meanConfidence", mean.predicted())
        : entries.with("meanPrediction", mean.predicted()).with("baseRate", mean.observed());
  }

  @Override
  public Calibration calibration() {
    return calibration.bins();
  }

  @Override
  public Entries baselines() {
    return baselines.entries();
  }

  @Override
  public List<Long> confusion() {
    return confusion.counts();
  }

  @Override
  public void startWindow() {
    sums.startWindow();
    logLoss.startWindow();
    calibration.startWindow();
    if (auc != null) {
      auc.startWindow();
    }
  }

  @Override
  public void save(StateWriter to) {
    sums.save(to.within("sums"));
    logLoss.save(to.within("logLoss"));
    if (auc != null) {
      auc.save(to.within("auc"));
    }
    calibration.save(to.within("calibration"));
    confusion.save(to.within("confusion"));
    baselines.save(to.within("baselines"));
  }

  @Override
  public void restore(StateReader from) {
    sums.restore(from.within("sums"));
    logLoss.restore(from.within("logLoss"));
    if (auc != null) {
      auc.restore(from.within("auc"));
    }
    calibration.restore(from.within("calibration"));
    confusion.restore(from.within("confusion"));
    baselines.restore(from.within("baselines"));
  }
}
