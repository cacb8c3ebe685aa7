package io.headrace.engine.layer;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A fully connected layer: y = f(x W + b), x of [in], W of [in, out], y of [out]. Immutable.
 *
 * @param units out; empty for what the loss needs
 * @param initialisation scheme of W; b starts at 0
 */
record DenseLayer(
    Optional<String> inputName,
    OptionalInt units,
    Activation activation,
    String initialisation,
    boolean bias)
    implements Layer {

  @Override
  public Optional<Layer> fusedWith(Layer next) {
    return next instanceof ActivationLayer(Activation curve) && activation.isNone()
        ? Optional.of(new DenseLayer(inputName, units, curve, initialisation, bias))
        : Optional.empty();
  }

  @Override
  public Value attach(LayerScope scope, Value input) {
    DenseValue x = scope.vector(input);
    int out = units.orElse(scope.lossUnits());
    DenseValue y = scope.buffer(List.of(out));
    Initialisation first =
        Initialisation.named(initialisation, x.width(), out, scope.streamSeed(0));
    ActivationStage curve = ActivationStage.of(activation, scope, y);
    DenseStage stage =
        out == 1
            ? new SingleUnitStage(scope, x, y, first, bias)
            : new MatrixStage(scope, x, y, first, bias);
    scope
        .tape()
        .rows(
            4L * x.width() * out,
            (pass, from, to) -> {
              stage.forward(pass, curve.input(), from, to);
              curve.forward(pass, from, to);
            },
            (pass, from, to) -> {
              curve.backward(pass, from, to);
              stage.backward(pass, from, to);
            });
    long cost = 2L * scope.batchSize() * x.width() * out;
    scope.tape().tiles(stage.tiles(), stage.scratch(), cost, stage::update);
    if (x.wantsGradients()) {
      scope.tape().derivation(stage::derive);
    }
    return y;
  }
}
