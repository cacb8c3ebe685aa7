package io.headrace.engine.layer;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.error.InvalidSettingException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Layers one behind the other: those of a model, or those inside a layer. Immutable. */
public final class LayerChain {
  private final List<ComponentSpec> specs;
  private final List<Layer> layers;

  public LayerChain(List<ComponentSpec> specs) {
    this.specs = List.copyOf(specs);
    this.layers = specs.stream().map(Layers.variants()::create).toList();
  }

  /**
   * Attaches all layers to the job's inputs, of which the first layer may name the one it reads.
   *
   * @param scope of the whole; each layer gets one of its own
   * @param unnamed the input that the first layer reads where it names none; empty for the only one
   * @return what the last layer computes
   */
  public Value attachToInputs(LayerScope scope, Value.Inputs inputs, Optional<String> unnamed) {
    Layer first = layers.getFirst();
    Optional<String> name = first.inputName().or(() -> unnamed);
    return attach(
        scope, first.readsAllInputs() ? inputs : scope.at(0, "").jobInput(inputs, name), true);
  }

  /**
   * The inputs of the job of which these layers need to know the field of each pair.
   *
   * @param unnamed the input that the first layer reads where it names none
   */
  Stream<String> inputsByField(Optional<String> unnamed) {
    return layers.getFirst().inputsByField(unnamed);
  }

  /**
   * Attaches all layers, those that can be one pass with the next as one.
   *
   * @param scope of the whole; each layer gets one of its own
   * @param input what the first layer reads
   * @return what the last layer computes
   */
  Value attach(LayerScope scope, Value input) {
    return attach(scope, input, false);
  }

  private Value attach(LayerScope scope, Value input, boolean ofTheJob) {
    Value value = input;
    for (int i = 0; i < layers.size(); ) {
      LayerScope own = scope.at(i, specs.get(i).name());
      if ((i > 0 || !ofTheJob) && layers.get(i).inputName().isPresent()) {
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
      if (i < layers.size()) {
        layer = layer.before(layers.get(i));
      }
      value = layer.attach(own, value);
    }
    return value;
  }

  private Optional<Layer> fused(Layer layer, int next) {
    return next < layers.size() ? layer.fusedWith(layers.get(next)) : Optional.empty();
  }
}
