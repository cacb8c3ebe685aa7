package io.headrace.engine.optimizer;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.util.List;

/**
 * Bounds of a step's gradient (Pascanu, Mikolov and Bengio, "On the difficulty of training
 * recurrent neural networks", 2013, section 3.2). Immutable.
 *
 * @param value most that an element may be, up or down, cut first; infinite for no bound
 * @param norm most that the L2 norm over all parameters may be, to which a longer gradient is
 *     scaled; infinite for no bound
 */
public record GradientClipping(double value, double norm) {
  public static final GradientClipping NONE =
      new GradientClipping(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

  private static final Setting<Double> VALUE =
      Setting.number("value", 1e-12, 1e12, "Elements beyond this, up or down, become this.")
          .absentByDefault();
  private static final Setting<Double> NORM =
      Setting.number(
              "norm",
              1e-12,
              1e12,
              "A gradient whose L2 norm over all parameters is larger is scaled to this; after"
                  + " value, if both are given.")
          .absentByDefault();

  /** The settings of {@code gradient-clipping} in a job file. */
  public static List<Setting<?>> settings() {
    return List.of(VALUE, NORM);
  }

  /** Reads settings declared by {@link #settings}. */
  public static GradientClipping from(Settings settings) {
    return new GradientClipping(
        settings.optional(VALUE).orElse(Double.POSITIVE_INFINITY),
        settings.optional(NORM).orElse(Double.POSITIVE_INFINITY));
  }

  public boolean byValue() {
    return value < Double.POSITIVE_INFINITY;
  }

  public boolean byNorm() {
    return norm < Double.POSITIVE_INFINITY;
  }
}
