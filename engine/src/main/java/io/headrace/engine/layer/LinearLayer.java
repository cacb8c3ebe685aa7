package io.headrace.engine.layer;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A linear model: y = x W + b, W and b starting at 0, x dense or sparse. Immutable.
 *
 * @param units outputs; empty for what the loss needs
 */
record LinearLayer(Optional<String> inputName, OptionalInt units, boolean bias) implements Layer {
  @Override
  public Value attach(LayerScope scope, Value input) {
    return switch (input) {
      case Value.SparseInput sparse -> {
        int out = units.orElse(scope.lossUnits());
        yield SparseLinearStage.attach(scope, sparse, out, bias);
      }
      case DenseValue dense ->
          new DenseLayer(inputName, units, Activation.NONE, "zeros", bias).attach(scope, dense);
      case Value.TokenInput _, Value.Inputs _ ->
          throw scope.misfit("a dense or a sparse input", input);
    };
  }
}
