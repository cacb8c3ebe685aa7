package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.function.DoubleSupplier;
import org.assertj.core.data.Offset;

/** Compares gradients with finite differences. */
final class Slopes {
  static final float STEP = 2e-3f;
  private static final double TOLERANCE = 4e-3;

  private Slopes() {}

  /**
   * Checks the slope by one float. At a kink, where the differences to the left and to the right
   * disagree, the slope has to be one of them or lie between.
   */
  static void check(
      String what,
      MemorySegment values,
      long at,
      float step,
      double gradient,
      DoubleSupplier loss) {
    float value = Floats.read(values, at);
    float above = value + step;
    float below = value - step;
    double middle = loss.getAsDouble();
    Floats.write(values, at, above);
    double right = (loss.getAsDouble() - middle) / ((double) above - value);
    Floats.write(values, at, below);
    double left = (middle - loss.getAsDouble()) / ((double) value - below);
    Floats.write(values, at, value);
    double scale = TOLERANCE * (1 + Math.abs(gradient));
    if (Math.abs(right - left) < 2 * scale) {
      assertThat(gradient).as(what).isCloseTo((left + right) / 2, Offset.offset(scale));
    } else {
      assertThat(gradient)
          .as(what + " at a kink")
          .isBetween(Math.min(left, right) - scale, Math.max(left, right) + scale);
    }
  }
}
