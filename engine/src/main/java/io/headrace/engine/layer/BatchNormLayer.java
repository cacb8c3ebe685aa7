package io.headrace.engine.layer;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Variant;
import java.util.List;
import java.util.Optional;

/**
 * Batch normalisation over the last dimension: Ioffe and Szegedy, "Batch Normalization", 2015,
 * algorithm 1, with a rectifier behind it where one follows. Immutable.
 *
 * @param slope of the curve behind it below 0; 1 for no curve
 * @param onDemand whether rows are normalised when they are read, and not kept
 */
record BatchNormLayer(double momentum, double epsilon, float slope, boolean onDemand)
    implements Layer {
  private static final Setting<Double> MOMENTUM =
      Setting.number("momentum", 0, 1, "Part that each batch has in the running mean and variance.")
          .orElse(0.1);
  private static final Setting<Double> EPSILON =
      Setting.number("epsilon", 1e-12, 1, "Added to the variance before its root is taken.")
          .orElse(1e-5);

  static final Variant<Layer> VARIANT =
      new Variant<>(
          "batch-norm",
          "y = (x - mean) / sqrt(variance + epsilon) scale + shift, with mean and variance of each"
              + " channel (the last dimension) over the batch and a learned scale and shift; Ioffe"
              + " and Szegedy, 2015. Evaluation and prediction use running statistics, which are"
              + " part of a checkpoint; while learning, a batch is scored as it is learned from.",
          List.of(MOMENTUM, EPSILON),
          settings ->
              new BatchNormLayer(settings.value(MOMENTUM), settings.value(EPSILON), 1, false));

  @Override
  public Optional<Layer> fusedWith(Layer next) {
    return slope == 1
            && next instanceof ActivationLayer(Activation activation)
            && activation.isRectifier()
        ? Optional.of(new BatchNormLayer(momentum, epsilon, activation.slope(), onDemand))
        : Optional.empty();
  }

  /** A convolution lays out images as it reads them. */
  @Override
  public Layer before(Layer next) {
    return next instanceof ConvLayer ? new BatchNormLayer(momentum, epsilon, slope, true) : this;
  }

  @Override
  public Value attach(LayerScope scope, Value input) {
    return BatchNormStage.attach(scope, scope.dense(input), this);
  }
}
