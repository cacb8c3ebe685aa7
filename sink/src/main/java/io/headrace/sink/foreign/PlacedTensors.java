package io.headrace.sink.foreign;

import io.headrace.engine.state.Tensor;
import io.headrace.sink.foreign.Recipe.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;

/**
 * The tensors of a file by the layer and part that each is, as names say. A key of these is a
 * tensor's whole name or that of the module around it, up to a dot; the longest that fits counts.
 * Its value is a parameter, or the layer that the module is. A tensor that no key fits is taken by
 * its own name. Not thread-safe.
 */
final class PlacedTensors {
  /** A part of a layer, by the first of its names. */
  private record Slot(String layer, String part) {}

  private final Map<String, ModelLayer> layers = new HashMap<>();
  private final Map<String, Recipe> recipes = new TreeMap<>();
  private final Map<String, String> layerOf = new HashMap<>();
  private final Map<Slot, String> placed = new HashMap<>();
  private final WeightFile file;
  private final List<String> unused = new ArrayList<>();
  private final SequencedSet<String> problems = new LinkedHashSet<>();

  /**
   * @param own shape of each parameter and statistic of the model, by its name
   */
  PlacedTensors(
      List<ModelLayer> all,
      Map<String, List<Long>> own,
      WeightFile file,
      Map<String, String> names) {
    this.file = file;
    all.forEach(layer -> layers.put(layer.name(), layer));
    own.forEach(this::note);
    Set<String> keys = new HashSet<>(names.keySet());
    for (String tensor : file.tensors().keySet()) {
      Optional<String> key = key(tensor, names);
      key.ifPresent(keys::remove);
      place(tensor, key, key.map(names::get).orElse(""));
    }
    for (String key : keys) {
      String why = file.unreadable().get(key);
      problems.add(
          why != null
              ? "%s %s.".formatted(key, why)
              : "names has %s, but no tensor of the file is or begins so: it has %s."
                  .formatted(key, some(file.tensors().keySet())));
    }
  }

  private void note(String own, List<Long> shape) {
    layers.keySet().stream()
        .filter(layer -> own.startsWith(layer + "."))
        .max(Comparator.comparingInt(String::length))
        .ifPresent(
            layer -> {
              layerOf.put(own, layer);
              ModelLayer place = Objects.requireNonNull(layers.get(layer));
              file.layout()
                  .recipe(place, own.substring(layer.length() + 1), shape)
                  .ifPresent(recipe -> recipes.put(own, recipe));
            });
  }

  private static Optional<String> key(String tensor, Map<String, String> names) {
    return names.keySet().stream()
        .filter(key -> tensor.equals(key) || tensor.startsWith(key + "."))
        .max(Comparator.comparingInt(String::length));
  }

  /** Where names lead something of the file. */
  static String path(String name, Map<String, String> names) {
    return key(name, names).map(key -> names.get(key) + name.substring(key.length())).orElse(name);
  }

  /**
   * @param key of the names that fits; empty for none
   * @param value what stands behind it
   */
  private void place(String tensor, Optional<String> key, String value) {
    if (key.isPresent() && key.get().equals(tensor)) {
      placeWhole(tensor, value);
      return;
    }
    String path = key.map(k -> value + tensor.substring(k.length())).orElse(tensor);
    Optional<String> layer = layer(path);
    if (layer.isEmpty()) {
      if (key.isPresent() && layers.keySet().stream().noneMatch(l -> l.startsWith(value))) {
        problems.add(
            "names leads %s to %s, which is no layer of the model: they are %s."
                .formatted(key.get(), value, some(layers.keySet())));
      } else {
        unused.add(tensor);
      }
      return;
    }
    String rest = path.substring(layer.get().length() + 1);
    Optional<Part> part =
        partsOf(layer.get()).stream().filter(p -> p.names().contains(rest)).findFirst();
    if (part.isPresent()) {
      put(new Slot(layer.get(), part.get().name()), tensor);
    } else if (!file.layout().needless().contains(rest)) {
      unused.add(tensor);
    }
  }

  /** A tensor that names lead to one parameter. */
  private void placeWhole(String tensor, String own) {
    Recipe recipe = recipes.get(own);
    if (recipe == null) {
      problems.add(
          "names leads %s to %s, which is no parameter of the model: they are %s."
              .formatted(tensor, own, some(recipes.keySet())));
      return;
    }
    String last = tensor.substring(tensor.lastIndexOf('.') + 1);
    List<Part> parts = recipe.parts();
    Optional<Part> part =
        parts.size() == 1
            ? Optional.of(parts.getFirst())
            : parts.stream().filter(p -> p.names().contains(last)).findFirst();
    if (part.isEmpty()) {
      problems.add(
          "names leads %s to %s, which is made of %s: its name should end with one of these."
              .formatted(tensor, own, parts.stream().map(Part::name).toList()));
      return;
    }
    put(new Slot(layerName(own), part.get().name()), tensor);
  }

  private void put(Slot slot, String tensor) {
    String other = placed.put(slot, tensor);
    if (other != null) {
      problems.add(
          "%s and %s both are %s of %s: give one another place under names."
              .formatted(other, tensor, slot.part(), slot.layer()));
    }
  }

  private Optional<String> layer(String path) {
    return layers.keySet().stream()
        .filter(layer -> path.startsWith(layer + "."))
        .max(Comparator.comparingInt(String::length));
  }

  private List<Part> partsOf(String layer) {
    return recipes.entrySet().stream()
        .filter(recipe -> layerName(recipe.getKey()).equals(layer))
        .flatMap(recipe -> recipe.getValue().parts().stream())
        .toList();
  }

  private String layerName(String own) {
    return Objects.requireNonNull(layerOf.get(own), own);
  }

  private static String some(Set<String> names) {
    List<String> sorted = names.stream().sorted().toList();
    int shown = 20;
    return sorted.size() <= shown
        ? String.join(", ", sorted)
        : String.join(", ", sorted.subList(0, shown)) + " and " + (sorted.size() - shown) + " more";
  }

  /** What a parameter of ours is made of; empty where the file's program has nothing like it. */
  Optional<Recipe> recipe(String own) {
    return Optional.ofNullable(recipes.get(own));
  }

  /** The tensor of the file that is a part of {@code own}. */
  Optional<Tensor> tensor(String own, Part part) {
    String tensor = placed.get(new Slot(layerName(own), part.name()));
    return tensor == null ? Optional.empty() : Optional.ofNullable(file.tensors().get(tensor));
  }

  /** The name of that tensor in the file. */
  String nameOf(String own, Part part) {
    return Objects.requireNonNull(placed.get(new Slot(layerName(own), part.name())), part.name());
  }

  /** Tensors without a place. */
  List<String> unused() {
    return unused;
  }

  /** What is wrong with the names, a sentence each. */
  List<String> problems() {
    return List.copyOf(problems);
  }
}
