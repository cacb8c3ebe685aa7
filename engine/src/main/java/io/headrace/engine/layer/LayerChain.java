package io.headrace.engine.layer;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.error.InvalidSettingException;
import java.util.List;
import java.util.Optional;

/** Layers one behind the other: those of a model, or those inside a layer. Immutable. */
public final class LayerChain {
  private final List<ComponentSpec> specs;
  private final List<Layer> layers;

  public LayerChain(List<ComponentSpec> specs) {
    this.specs = List.copyOf(specs);
    this.layers = specs.stream().map(Layers.variants()::create).toList();
  }

  /** The job input that the first layer names. */
  public Optional<String> inputName() {
    return layers.getFirst().inputName();
  }

  /**
   * Attaches all layers, those that can be one pass with the next as one.
   *
   * @param scope of the whole; each layer gets one of its own
   * @param input what the first layer reads
   * @return what the last layer computes
   */
  public Value attach(LayerScope scope, Value input) {
    Value value = input;
    for (int i = 0; i < layers.size(); ) {
      LayerScope own = scope.at(i, specs.get(i).name());
      if ((i > 0 || !scope.outermost()) && layers.get(i).inputName().isPresent()) {
        throw new InvalidSettingException(
            own.listPlace() + ".input",
            "only the first layer reads an input of the job; layer "
                + i
                + " reads the output of the layer before. Remove the key.");
      }
      Layer layer = layers.get(i++);
      for (Optional<Layer> fused = fused(layer, i); fused.isPresent(); fused = fused(layer, i)) {
        layer = fused.get();
        i++;
      }
      value = layer.attach(own, value);
    }
    return value;
  }

  private Optional<Layer> fused(Layer layer, int next) {
    return next < layers.size() ? layer.fusedWith(layers.get(next)) : Optional.empty();
  }
}
