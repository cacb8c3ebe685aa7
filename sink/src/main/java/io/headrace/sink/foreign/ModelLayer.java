package io.headrace.sink.foreign;

import io.headrace.engine.ModelSpec;
import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.SampleSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A layer of a model as what it learns is named by it, and what it reads. Immutable.
 *
 * @param name {@code 0.conv2d}, {@code 2.residual.layers.0.dense}
 * @param flattened channels of the images that {@code flatten} made the layer's input of: here they
 *     lie side by side, elsewhere often one behind the other; 0 where it reads something else, or
 *     where that makes no difference
 */
record ModelLayer(String name, ComponentSpec spec, int flattened) {
  /** {@code flattened} of a layer behind several such inputs that were joined. */
  private static final int MIXED = -1;

  /** What flows between two layers, as far as it matters here. */
  private record Flow(int channels, int flattened) {
    static final Flow NONE = new Flow(0, 0);
  }

  /** All layers of a model, those inside others too. */
  static List<ModelLayer> of(ModelSpec spec) {
    var walk = new Walk(spec.schema());
    walk.chain("", spec.layers(), Optional.empty(), Flow.NONE);
    return walk.layers;
  }

  /**
   * Channels of the images that the layer's input was flattened of; 0 where there were none.
   *
   * @throws HeadraceException if several such inputs were joined: nothing says what lies where
   */
  long flattenedChannels() {
    if (flattened == MIXED) {
      throw new HeadraceException(
          "start-from: %s reads several flattened inputs side by side, and other programs lay images out otherwise. Give it weights that Headrace exported to safetensors, or leave it out with allow-missing: true."
              .formatted(name));
    }
    return flattened;
  }

  boolean flag(String setting) {
    return Boolean.TRUE.equals(spec.settings().asMap().get(setting));
  }

  private static final class Walk {
    private final List<ModelLayer> layers = new ArrayList<>();
    private final SampleSchema schema;

    Walk(SampleSchema schema) {
      this.schema = schema;
    }

    /**
     * @param input name of the job's input that the first layer reads, unless it says another
     * @param flow what it reads otherwise
     */
    private Flow chain(
        String within, List<ComponentSpec> specs, Optional<String> input, Flow flow) {
      Flow now = within.isEmpty() || input.isPresent() ? input(specs.getFirst(), input) : flow;
      for (int i = 0; i < specs.size(); i++) {
        ComponentSpec spec = specs.get(i);
        String name = within + i + "." + spec.name();
        layers.add(new ModelLayer(name, spec, now.flattened()));
        now = behind(name, spec, now);
      }
      return now;
    }

    private Flow input(ComponentSpec first, Optional<String> unnamed) {
      Object named = first.settings().asMap().get("input");
      Optional<String> name = named == null ? unnamed : Optional.of(named.toString());
      return schema.inputs().stream()
          .filter(input -> name.isEmpty() || input.name().equals(name.get()))
          .findFirst()
          .filter(input -> input.spec() instanceof InputSpec.Dense)
          .map(input -> ((InputSpec.Dense) input.spec()).shape())
          .filter(shape -> shape.size() == 3)
          .map(shape -> new Flow(shape.getLast(), 0))
          .orElse(Flow.NONE);
    }

    private Flow behind(String name, ComponentSpec spec, Flow x) {
      Map<String, Object> settings = spec.settings().asMap();
      return switch (spec.name()) {
        case "conv2d", "conv1d" -> new Flow(((Number) required(settings, "filters")).intValue(), 0);
        case "flatten" -> x.channels() > 1 ? new Flow(0, x.channels()) : new Flow(0, x.flattened());
        case "residual" -> {
          Object shortcut = settings.get("shortcut");
          if (shortcut != null) {
            chain(name + ".shortcut.", specs(shortcut), Optional.empty(), x);
          }
          yield chain(name + ".layers.", specs(required(settings, "layers")), Optional.empty(), x);
        }
        case "towers" -> towers(name, (Map<?, ?>) required(settings, "inputs"));
        case "relu",
            "leaky-relu",
            "tanh",
            "sigmoid",
            "gelu",
            "dropout",
            "batch-norm",
            "layer-norm",
            "standardize",
            "max-pool",
            "avg-pool" ->
            x;
        default -> Flow.NONE;
      };
    }

    private Flow towers(String name, Map<?, ?> towers) {
      List<Flow> ends = new ArrayList<>();
      new TreeMap<>(towers)
          .forEach(
              (tower, layers) -> {
                String within = name + ".inputs." + tower + ".";
                ends.add(chain(within, specs(layers), Optional.of((String) tower), Flow.NONE));
              });
      boolean plain = ends.stream().allMatch(end -> end.flattened() == 0);
      return ends.size() == 1 ? ends.getFirst() : new Flow(0, plain ? 0 : MIXED);
    }

    private static Object required(Map<String, Object> settings, String name) {
      return Objects.requireNonNull(settings.get(name), name);
    }

    private static List<ComponentSpec> specs(Object layers) {
      return ((List<?>) layers).stream().map(ComponentSpec.class::cast).toList();
    }
  }
}
