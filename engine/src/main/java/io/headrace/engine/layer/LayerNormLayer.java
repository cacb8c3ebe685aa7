package io.headrace.engine.layer;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Variant;
import java.util.List;

/**
 * Layer normalisation over the last dimension: Ba, Kiros and Hinton, "Layer Normalization", 2016.
 * Immutable.
 */
record LayerNormLayer(double epsilon) implements Layer {
  private static final Setting<Double> EPSILON =
      Setting.number("epsilon", 1e-12, 1, "Added to the variance before its root is taken.")
          .orElse(1e-5);

  static final Variant<Layer> VARIANT =
      new Variant<>(
          "layer-norm",
          "y = (x - mean) / sqrt(variance + epsilon) scale + shift, with mean and variance over the"
              + " last dimension of each row, pixel or step by itself, and a learned scale and"
              + " shift; Ba, Kiros and Hinton, 2016.",
          List.of(EPSILON),
          settings -> new LayerNormLayer(settings.value(EPSILON)));

  @Override
  public Value attach(LayerScope scope, Value input) {
    return LayerNormStage.attach(scope, scope.dense(input), (float) epsilon);
  }
}
