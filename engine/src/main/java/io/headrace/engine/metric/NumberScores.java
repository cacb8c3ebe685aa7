package io.headrace.engine.metric;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Scores of predicted numbers. The baselines predict the running mean of the labels and the label
 * before; before the first, 0.
 */
final class NumberScores implements Scores {
  private static final int LOSS = 0;
  private static final int SQUARED_ERROR = 1;
  private static final int ABSOLUTE_ERROR = 2;
  private static final int MEAN_SQUARED_ERROR = 3;
  private static final int LAST_SQUARED_ERROR = 4;

  private final WindowedSums sums = new WindowedSums(5);
  private Moments windowLabels = new Moments();
  private final Moments allLabels = new Moments();
  private double last;

  NumberScores(int width) {
    if (width != 1) {
      throw new IllegalArgumentException(width + " outputs a row for a number: it needs 1");
    }
  }

  @Override
  public void add(
      MemorySegment outputs, float[] labels, float[] weights, MemorySegment rowLosses, int rows) {
    for (int row = 0; row < rows; row++) {
      double label = labels[row];
      double weight = weights[row];
      double error = label - Floats.read(outputs, row);
      double errorOfMean = label - allLabels.mean();
      double errorOfLast = label - last;
      sums.add(LOSS, weight * Floats.read(rowLosses, row));
      sums.add(SQUARED_ERROR, weight * error * error);
      sums.add(ABSOLUTE_ERROR, weight * Math.abs(error));
      sums.add(MEAN_SQUARED_ERROR, weight * errorOfMean * errorOfMean);
      sums.add(LAST_SQUARED_ERROR, weight * errorOfLast * errorOfLast);
      windowLabels.add(label, weight);
      allLabels.add(label, weight);
      last = label;
    }
  }

  @Override
  public Entries window() {
    return entries(
        windowLabels, sums.window(LOSS), sums.window(SQUARED_ERROR), sums.window(ABSOLUTE_ERROR));
  }

  @Override
  public Entries total() {
    return entries(
        allLabels, sums.total(LOSS), sums.total(SQUARED_ERROR), sums.total(ABSOLUTE_ERROR));
  }

  private static Entries entries(
      Moments labels, double loss, double squaredError, double absoluteError) {
    return new Entries()
        .with("loss", loss / labels.weight())
        .with("mse", squaredError / labels.weight())
        .with("mae", absoluteError / labels.weight())
        .with("r2", 1 - squaredError / labels.squares());
  }

  @Override
  public Entries baselines() {
    return new Entries()
        .with("meanMse", sums.total(MEAN_SQUARED_ERROR) / allLabels.weight())
        .with("lastLabelMse", sums.total(LAST_SQUARED_ERROR) / allLabels.weight());
  }

  @Override
  public List<Long> confusion() {
    return List.of();
  }

  @Override
  public Calibration calibration() {
    return Calibration.NONE;
  }

  @Override
  public void startWindow() {
    sums.startWindow();
    windowLabels = new Moments();
  }

  @Override
  public void save(StateWriter to) {
    sums.save(to.within("sums"));
    windowLabels.save(to.within("windowLabels"));
    allLabels.save(to.within("allLabels"));
    Doubles.save(to, "lastLabel", last);
  }

  @Override
  public void restore(StateReader from) {
    sums.restore(from.within("sums"));
    windowLabels.restore(from.within("windowLabels"));
    allLabels.restore(from.within("allLabels"));
    double[] label = new double[1];
    Doubles.restore(from, "lastLabel", label);
    last = label[0];
  }
}
