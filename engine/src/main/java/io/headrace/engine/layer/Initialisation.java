package io.headrace.engine.layer;

import io.headrace.engine.memory.Floats;
import java.util.List;

/**
 * A scheme for a parameter's first values, all drawn from a uniform distribution within plus and
 * minus a limit:
 *
 * <ul>
 *   <li>{@code he}: sqrt(6 / in), He et al., "Delving Deep into Rectifiers", 2015
 *   <li>{@code xavier}: sqrt(6 / (in + out)), Glorot and Bengio, 2010
 *   <li>{@code lecun}: sqrt(3 / in), LeCun et al., "Efficient BackProp", 1998
 *   <li>{@code uniform}: 1 / sqrt(in)
 *   <li>{@code zeros}
 * </ul>
 */
@FunctionalInterface
interface Initialisation {
  List<String> NAMES = List.of("he", "xavier", "lecun", "uniform", "zeros");

  Initialisation ZEROS = parameter -> {};

  Initialisation ONES =
      parameter -> Floats.fill(parameter.values(), parameter.offset(), parameter.count(), 1);

  void fill(Parameter parameter);

  /**
   * The named scheme.
   *
   * @param seed decides every value, together with its place in the parameter
   */
  static Initialisation named(String name, int in, int out, long seed) {
    return switch (name) {
      case "he" -> within(Math.sqrt(6.0 / in), seed);
      case "xavier" -> within(Math.sqrt(6.0 / ((double) in + out)), seed);
      case "lecun" -> within(Math.sqrt(3.0 / in), seed);
      case "uniform" -> within(1 / Math.sqrt(in), seed);
      case "zeros" -> ZEROS;
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Uniform within plus and minus {@code limit}. */
  static Initialisation within(double limit, long seed) {
    return parameter -> {
      var random = new RandomStream(seed);
      for (long row = 0; row < parameter.rows(); row++) {
        long start = parameter.offset() + row * parameter.stride();
        for (long column = 0; column < parameter.columns(); column++) {
          float value = (float) (limit * (2 * random.nextUnit() - 1));
          Floats.write(parameter.values(), start + column, value);
        }
      }
    };
  }
}
