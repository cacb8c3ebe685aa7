package io.headrace.engine.metric;

import io.headrace.engine.memory.Floats;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Scored rows for tests. */
final class Rows {
  private final int width;
  private final float[] outputs;
  private final float[] labels;
  private final float[] weights;
  private final float[] losses;

  Rows(int width, float[] outputs, float[] labels, float[] weights, float[] losses) {
    this.width = width;
    this.outputs = outputs;
    this.labels = labels;
    this.weights = weights;
    this.losses = losses;
  }

  int width() {
    return width;
  }

  float[] outputs() {
    return outputs;
  }

  float[] labels() {
    return labels;
  }

  float[] weights() {
    return weights;
  }

  float[] losses() {
    return losses;
  }

  static Rows binary(long seed, int count, boolean weighted) {
    var random = new SplittableRandom(seed);
    Rows rows = empty(1, count);
    for (int i = 0; i < count; i++) {
      double logit = random.nextGaussian(-1, 3);
      rows.labels[i] = random.nextDouble() < sigmoid(logit) ? 1 : 0;
      rows.outputs[i] = (float) sigmoid(logit + random.nextGaussian());
      rows.losses[i] = (float) random.nextDouble(4);
      rows.weights[i] = weighted ? random.nextInt(4) / 2f : 1;
    }
    return rows;
  }

  static Rows classes(long seed, int classes, int count, boolean weighted) {
    var random = new SplittableRandom(seed);
    Rows rows = empty(classes, count);
    for (int i = 0; i < count; i++) {
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        rows.outputs[i * classes + k] = (float) random.nextDouble();
        sum += rows.outputs[i * classes + k];
      }
      for (int k = 0; k < classes; k++) {
        rows.outputs[i * classes + k] /= (float) sum;
      }
      rows.labels[i] = random.nextInt(1 + random.nextInt(classes));
      rows.losses[i] = (float) random.nextDouble(4);
      rows.weights[i] = weighted ? random.nextInt(4) / 2f : 1;
    }
    return rows;
  }

  static Rows numbers(long seed, int count, boolean weighted) {
    var random = new SplittableRandom(seed);
    Rows rows = empty(1, count);
    for (int i = 0; i < count; i++) {
      rows.labels[i] = (float) random.nextGaussian(1000, 3);
      rows.outputs[i] = rows.labels[i] + (float) random.nextGaussian();
      rows.losses[i] = (float) random.nextDouble(4);
      rows.weights[i] = weighted ? random.nextInt(4) / 2f : 1;
    }
    return rows;
  }

  int count() {
    return labels.length;
  }

  Rows slice(int from, int to) {
    return new Rows(
        width,
        Arrays.copyOfRange(outputs, from * width, to * width),
        Arrays.copyOfRange(labels, from, to),
        Arrays.copyOfRange(weights, from, to),
        Arrays.copyOfRange(losses, from, to));
  }

  void addTo(OnlineEvaluation evaluation) {
    evaluation.add(Floats.of(outputs), labels, weights, Floats.of(losses), count());
  }

  /** Weighted share of pairs of a positive and a negative that are in order, ties half. */
  double exactAuc() {
    double pairs = 0;
    double inOrder = 0;
    for (int i = 0; i < count(); i++) {
      for (int j = 0; j < count(); j++) {
        if (labels[i] == 1 && labels[j] == 0) {
          double weight = (double) weights[i] * weights[j];
          pairs += weight;
          inOrder += weight * (1 + Math.signum((double) outputs[i] - outputs[j])) / 2;
        }
      }
    }
    return inOrder / pairs;
  }

  /** The bound that the histogram documents. */
  double aucErrorBound() {
    double pairs = 0;
    double tied = 0;
    for (int i = 0; i < count(); i++) {
      for (int j = 0; j < count(); j++) {
        if (labels[i] == 1 && labels[j] == 0) {
          double weight = (double) weights[i] * weights[j];
          pairs += weight;
          if (AucHistogram.bin(outputs[i]) == AucHistogram.bin(outputs[j])) {
            tied += weight;
          }
        }
      }
    }
    return tied / 2 / pairs + 1e-12;
  }

  private static Rows empty(int width, int count) {
    return new Rows(
        width, new float[width * count], new float[count], new float[count], new float[count]);
  }

  private static double sigmoid(double logit) {
    return 1 / (1 + Math.exp(-logit));
  }
}
