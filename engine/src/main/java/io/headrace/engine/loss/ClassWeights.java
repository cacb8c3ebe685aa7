package io.headrace.engine.loss;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;
import java.util.List;

/** What a row of each class counts, in the order of the classes; 1 each if none are given. */
final class ClassWeights {
  private final List<Double> given;
  private final float[] weights;

  ClassWeights(List<Double> given) {
    this.given = given;
    this.weights = new float[given.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = given.get(i).floatValue();
    }
  }

  float of(int label) {
    return weights.length == 0 ? 1 : weights[label];
  }

  /** Stops if there is not one weight for each class. */
  void check(LabelSpec.Classes label) {
    if (!given.isEmpty() && given.size() != label.names().size()) {
      throw new InvalidSettingException(
          "loss",
          "class-weights has "
              + given.size()
              + " numbers "
              + given
              + ", but the label has "
              + Losses.describe(label)
              + ". Give one number a class, in this order.");
    }
  }
}
