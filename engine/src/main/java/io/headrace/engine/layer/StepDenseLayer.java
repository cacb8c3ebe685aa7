package io.headrace.engine.layer;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A fully connected layer over each step of a sequence by itself: y_t = f(x_t W + b), x of [steps,
 * in], W of [in, out], y of [steps, out] with the steps of x. Immutable.
 *
 * @param units out; empty for what the loss needs
 * @param initialisation scheme of W; b starts at 0
 */
record StepDenseLayer(
    Optional<String> inputName,
    OptionalInt units,
    Activation activation,
    String initialisation,
    boolean bias)
    implements Layer {

  @Override
  public Optional<Layer> fusedWith(Layer next) {
    return next instanceof ActivationLayer(Activation curve) && activation.isNone()
        ? Optional.of(new StepDenseLayer(inputName, units, curve, initialisation, bias))
        : Optional.empty();
  }

  @Override
  public Value attach(LayerScope scope, Value input) {
    DenseValue x = scope.sequence(input);
    int steps = x.shape().getFirst();
    int in = x.shape().getLast();
    int out = units.orElse(scope.lossUnits());
    DenseValue y = scope.buffer(List.of(steps, out)).withStepsOf(x);
    Initialisation first = Initialisation.named(initialisation, in, out, scope.streamSeed(0));
    var stage = new StepDenseStage(scope, x, y, activation, first, bias);
    long cost = 2L * in * out * steps;
    scope
        .tape()
        .steps(
            2 * cost,
            List.of(new Tape.Step.Rows(stage::forward)),
            List.of(new Tape.Step.Shards(stage.rowScratch(), stage::backward)));
    scope.tape().tiles(stage.tiles(), stage.tileScratch(), cost * scope.batchSize(), stage::update);
    scope.tape().derivation(stage::derive);
    return y;
  }
}
