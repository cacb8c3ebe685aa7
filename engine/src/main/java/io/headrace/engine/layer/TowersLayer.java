package io.headrace.engine.layer;

import io.headrace.engine.config.ComponentList;
import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.config.NamedComponentLists;
import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Several inputs of the job, each through layers of its own, and what these give side by side: y =
 * [f(a), g(b), ...] along the last dimension, or added: y = f(a) + g(b) + ... Immutable.
 *
 * @param towers by name, which is also the input that one reads unless its first layer names
 *     another
 * @param sum whether what they give is added
 */
record TowersLayer(SortedMap<String, LayerChain> towers, boolean sum) implements Layer {
  private static final String SIDE_BY_SIDE = "side-by-side";
  private static final String SUM = "sum";

  /** Absent by default, so that jobs from before there was a choice keep their fingerprints. */
  private static final Setting<String> JOIN =
      Setting.choice(
              "join",
              List.of(SIDE_BY_SIDE, SUM),
              "Whether what the towers give lies side by side, as by default, or is added.")
          .absentByDefault();

  private static final Setting<SortedMap<String, List<ComponentSpec>>> INPUTS =
      new Setting<>(
          "inputs",
          "name: list of layers",
          null,
          false,
          "The layers of each tower behind its name, which is the input that it reads unless its"
              + " first layer names another.",
          new NamedComponentLists(new ComponentList(Layers::variants)));

  static final Variant<Layer> VARIANT =
      new Variant<>(
          "towers",
          "Several inputs of the job, each through a list of layers of its own; gives what these"
              + " end with side by side, along the last dimension and in the alphabetical order of"
              + " their names, or adds it. Stands first in a model.",
          List.of(INPUTS, JOIN),
          settings ->
              of(settings.value(INPUTS), settings.optional(JOIN).orElse(SIDE_BY_SIDE).equals(SUM)));

  private static TowersLayer of(SortedMap<String, List<ComponentSpec>> lists, boolean sum) {
    var towers = new TreeMap<String, LayerChain>();
    lists.forEach((name, layers) -> towers.put(name, new LayerChain(layers)));
    return new TowersLayer(towers, sum);
  }

  @Override
  public boolean readsAllInputs() {
    return true;
  }

  @Override
  public Stream<String> inputsByField(Optional<String> unnamed) {
    return towers.entrySet().stream()
        .flatMap(tower -> tower.getValue().inputsByField(Optional.of(tower.getKey())));
  }

  @Override
  public Value attach(LayerScope scope, Value input) {
    if (!(input instanceof Value.Inputs inputs)) {
      throw scope.problem(
          "reads inputs of the job, but stands behind "
              + input.describe()
              + ". Put it first in the model, or in a tower.");
    }
    List<DenseValue> ends = new ArrayList<>();
    towers.forEach(
        (name, tower) -> {
          LayerScope own = scope.inside(INPUTS.name() + "." + name);
          DenseValue end = scope.dense(tower.attachToInputs(own, inputs, Optional.of(name)));
          check(scope, name, end, ends);
          ends.add(end);
        });
    return sum ? Sum.attach(scope, ends) : SideBySide.attach(scope, ends);
  }

  private void check(LayerScope scope, String name, DenseValue end, List<DenseValue> before) {
    if (before.isEmpty()) {
      return;
    }
    DenseValue first = before.getFirst();
    if (sum && !end.shape().equals(first.shape())) {
      throw scope.problem(
          "adds what its towers give, but "
              + towers.firstKey()
              + " gives the shape "
              + first.shape()
              + " and "
              + name
              + " the shape "
              + end.shape()
              + ". Let all end with the same units, or lay them side by side.");
    }
    if (!outer(end).equals(outer(first))) {
      throw scope.problem(
          "lays side by side what its towers give, but "
              + towers.firstKey()
              + " gives the shape "
              + first.shape()
              + " and "
              + name
              + " the shape "
              + end.shape()
              + "; all dimensions but the last have to be equal. End every tower with rows of one"
              + " dimension, e.g. with flatten, global-avg-pool or dense.");
    }
    if (!end.hasStepsOf(first)) {
      throw scope.problem(
          "joins what its towers give, but "
              + towers.firstKey()
              + " gives sequences "
              + first.shape()
              + " and "
              + name
              + " sequences "
              + end.shape()
              + " whose rows have other numbers of steps. End each with one vector, e.g. with an"
              + " lstm that does not return sequences.");
    }
  }

  private static List<Integer> outer(DenseValue value) {
    return value.shape().subList(0, value.shape().size() - 1);
  }
}
