package io.headrace.engine.layer;

import io.headrace.engine.config.ComponentList;
import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Variant;
import java.util.List;
import java.util.Optional;

/**
 * Layers with a way around them: y = f(x) + g(x), where g is the identity or a shortcut of its own;
 * He et al., "Deep Residual Learning for Image Recognition", 2016, equations 1 and 2. Immutable.
 */
record ResidualLayer(LayerChain layers, Optional<LayerChain> shortcut) implements Layer {
  private static final Setting<List<ComponentSpec>> LAYERS =
      ComponentList.setting(
          "layers", "list of layers", Layers::variants, "The layers that x goes through.");
  private static final Setting<List<ComponentSpec>> SHORTCUT =
      ComponentList.setting(
              "shortcut",
              "list of layers",
              Layers::variants,
              "The layers that x goes through beside them, where shapes differ; none adds x itself.")
          .absentByDefault();

  static final Variant<Layer> VARIANT =
      new Variant<>(
          "residual",
          "y = f(x) + x, where f is a list of layers whose output has the shape of x; or y = f(x) +"
              + " g(x) with a shortcut g; He et al., 2016.",
          List.of(LAYERS, SHORTCUT),
          settings ->
              new ResidualLayer(
                  new LayerChain(settings.value(LAYERS)),
                  settings.optional(SHORTCUT).map(LayerChain::new)));

  @Override
  public Value attach(LayerScope scope, Value input) {
    DenseValue x = scope.dense(input);
    var sum = new ResidualSum(scope.kernels(), x, scope.batchSize(), shortcut.isPresent());
    scope.tape().rows(2L * x.width(), (pass, from, to) -> {}, sum::joinGradients);
    Value through = layers.attach(scope.inside("layers"), sum.through());
    Value beside =
        shortcut.isPresent() ? shortcut.get().attach(scope.inside("shortcut"), sum.beside()) : x;
    DenseValue f = scope.dense(through);
    DenseValue g = scope.dense(beside);
    if (!f.shape().equals(g.shape())) {
      throw scope.problem(
          "adds what its layers make of the shape "
              + f.shape()
              + (shortcut.isPresent()
                  ? " to what its shortcut makes of the shape "
                  : " to x of the shape ")
              + g.shape()
              + ". Give it a shortcut that ends with the shape of its layers, e.g. a conv2d with"
              + " kernel 1 and the same filters and stride.");
    }
    DenseValue y = scope.buffer(f.shape());
    sum.ends(f, g, y);
    scope.tape().rows(2L * y.width(), sum::add, sum::splitGradients);
    return y;
  }
}
