package io.headrace.engine.layer;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Variant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The second order of a factorization machine over a sparse input: y = sum over i < j of <v_i, v_j>
 * x_i x_j with a learned vector v for each id; Rendle, "Factorization Machines", 2010, the last
 * term of equation 1. Immutable.
 *
 * @param units outputs, each with vectors of its own; empty for what the loss needs
 * @param factors length of a vector
 * @param deviation of the first vectors' elements
 */
record FmLayer(Optional<String> inputName, OptionalInt units, int factors, double deviation)
    implements Layer {
  private static final Setting<Integer> FACTORS =
      Setting.integer("factors", 1, 1024, "Length of the vector that each id has.").orElse(8);
  static final Setting<Double> DEVIATION =
      Setting.number("deviation", 1e-6, 10, "Deviation of the first vectors' elements.")
          .orElse(0.02);

  static Variant<Layer> variant(Setting<String> input, Setting<Integer> units) {
    return new Variant<>(
        "fm",
        "The second order of a factorization machine over a hashed sparse input: how features go"
            + " together, y = sum over pairs i, j of <v_i, v_j> x_i x_j; Rendle, 2010. Side by side"
            + " with linear under towers with join: sum it is the whole one. A step moves only the"
            + " vectors of the batch's ids.",
        List.of(input, units, FACTORS, DEVIATION),
        settings -> of(settings, input, units));
  }

  private static FmLayer of(Settings settings, Setting<String> input, Setting<Integer> units) {
    return new FmLayer(
        settings.optional(input),
        settings.optional(units).stream().mapToInt(Integer::intValue).findFirst(),
        settings.value(FACTORS),
        settings.value(DEVIATION));
  }

  @Override
  public Value attach(LayerScope scope, Value input) {
    if (!(input instanceof Value.SparseInput sparse)) {
      throw scope.misfit("a sparse input", input);
    }
    return FmStage.attach(scope, sparse, this, units.orElse(scope.lossUnits()));
  }
}
