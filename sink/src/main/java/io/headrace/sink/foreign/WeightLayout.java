package io.headrace.sink.foreign;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How a program names and lays out what a layer learns. Immutable. */
interface WeightLayout {
  /**
   * What a parameter is made of; empty where the program has nothing like it.
   *
   * @param own name of ours within its layer: {@code weight}, {@code running.mean}
   * @param shape of ours
   */
  Optional<Recipe> recipe(ModelLayer layer, String own, List<Long> shape);

  /** Names within a layer of what the program keeps and nobody needs. */
  default Set<String> needless() {
    return Set.of();
  }
}
