package io.headrace.engine.layer;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Variant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The second order of a field-aware factorization machine over a sparse input: y = sum over i < j
 * of <v_i,f(j), v_j,f(i)> x_i x_j, where f is the field of a pair and each id has a learned vector
 * for every field; Juan, Zhuang, Chin and Lin, "Field-aware Factorization Machines for CTR
 * Prediction", 2016, equation 4. Immutable.
 *
 * @param units outputs, each with vectors of its own; empty for what the loss needs
 * @param factors length of a vector
 * @param deviation of the first vectors' elements
 */
record FfmLayer(Optional<String> inputName, OptionalInt units, int factors, double deviation)
    implements Layer {
  private static final Setting<Integer> FACTORS =
      Setting.integer("factors", 1, 1024, "Length of the vector that each id has for each field.")
          .orElse(4);

  static Variant<Layer> variant(Setting<String> input, Setting<Integer> units) {
    return new Variant<>(
        "ffm",
        "The second order of a field-aware factorization machine over a hashed sparse input whose"
            + " fields are named: as fm, but with a vector of each id for every field, those of i"
            + " and j for each other's field together; Juan et al., 2016. Each of the input's"
            + " fields, date-parts and crosses is a field. A step moves only the vectors of the"
            + " batch's ids.",
        List.of(input, units, FACTORS, FmLayer.DEVIATION),
        settings -> of(settings, input, units));
  }

  private static FfmLayer of(Settings settings, Setting<String> input, Setting<Integer> units) {
    return new FfmLayer(
        settings.optional(input),
        settings.optional(units).stream().mapToInt(Integer::intValue).findFirst(),
        settings.value(FACTORS),
        settings.value(FmLayer.DEVIATION));
  }

  @Override
  public Stream<String> inputsByField(Optional<String> unnamed) {
    return inputName.or(() -> unnamed).stream();
  }

  @Override
  public Value attach(LayerScope scope, Value input) {
    return FfmStage.attach(scope, scope.byField(input), this, units.orElse(scope.lossUnits()));
  }
}
