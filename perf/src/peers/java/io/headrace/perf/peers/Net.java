package io.headrace.perf.peers;

import io.headrace.engine.ModelSpec;
import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.config.Variant;
import io.headrace.engine.layer.Layers;
import io.headrace.engine.loss.Losses;
import io.headrace.engine.optimizer.Optimizers;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleSchema;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * A network that both sides train: 10 classes, softmax, batches of 64, Adam at 0.001. Immutable.
 *
 * @param input of a row, outermost dimension first, channels last
 * @param layers ours
 * @param forward PyTorch's, up to the scores of the classes
 */
record Net(String name, String what, List<Integer> input, List<Layer> layers, Forward forward) {
  static final int CLASSES = 10;
  static final int BATCH = 64;
  static final double RATE = 0.001;

  private static final int SHARDS = 8;

  Net {
    input = List.copyOf(input);
    layers = List.copyOf(layers);
  }

  /** A layer as a job file has it. */
  record Layer(String name, Map<String, ?> settings) {
    static Layer of(String name) {
      return new Layer(name, Map.of());
    }
  }

  /** PyTorch's half of a network. */
  @FunctionalInterface
  interface Forward {
    /**
     * The scores of the classes.
     *
     * @param x images as PyTorch has them, [rows, channels, height, width], sequences as [steps,
     *     rows, channels]
     */
    Tensor scores(Tensor x, TorchWeights weights);
  }

  /** Whether rows are images, which PyTorch can lay out in two ways. */
  boolean images() {
    return input.size() == 3;
  }

  /** Whether our engine has every layer. */
  boolean available() {
    List<String> known = Layers.variants().all().stream().map(Variant::name).toList();
    return layers.stream().allMatch(layer -> known.contains(layer.name()));
  }

  ModelSpec model(long seed) {
    List<ComponentSpec> specs =
        layers.stream()
            .map(layer -> Layers.variants().spec(layer.name(), layer.settings()))
            .toList();
    List<String> classes = IntStream.range(0, CLASSES).mapToObj(i -> "class-" + i).toList();
    var x = new SampleSchema.Input("x", new InputSpec.Dense(input));
    return new ModelSpec(
        new SampleSchema(List.of(x), new LabelSpec.Classes(classes)),
        specs,
        Losses.variants().spec("softmax", Map.of()),
        Optimizers.variants().spec("adam", Map.of("learning-rate", RATE)),
        BATCH,
        SHARDS,
        seed);
  }
}
