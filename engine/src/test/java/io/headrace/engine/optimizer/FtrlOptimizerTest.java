package io.headrace.engine.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FtrlOptimizerTest extends OptimizerContract {
  @Override
  String name() {
    return "ftrl";
  }

  @Override
  Stream<Map<String, ?>> settings() {
    return Stream.of(Map.of(), Map.of("learning-rate", 0.1, "beta", 0.5, "l1", 1.0, "l2", 0.3));
  }

  @Override
  Twin twin(Map<String, ?> settings, double weight) {
    double alpha = Given.number(settings, "learning-rate", 0.05);
    double beta = Given.number(settings, "beta", 1);
    double l1 = Given.number(settings, "l1", 0);
    double l2 = Given.number(settings, "l2", 0);
    return new Twin() {
      private double w = weight;
      private double n;
      private double z = weight == 0 ? 0 : -weight * (beta / alpha + l2) - Math.signum(weight) * l1;

      @Override
      public double step(double g, int step) {
        double sigma = (Math.sqrt(n + g * g) - Math.sqrt(n)) / alpha;
        z += g - sigma * w;
        n += g * g;
        w =
            Math.abs(z) <= l1
                ? 0
                : -(z - Math.signum(z) * l1) / ((beta + Math.sqrt(n)) / alpha + l2);
        return w;
      }
    };
  }

  /** A weight of -0 would be another checkpoint than that of the step over a batch. */
  @Test
  void aRowWithoutSlopeLeavesAZeroAsItIs() {
    for (float l1 : new float[] {0, 1}) {
      var row = (RowUpdate.Moves) new FtrlOptimizer(0.1f, 1, l1, 0).rowUpdate().orElseThrow();
      MemorySegment floats = Floats.allocate(3);
      row.move(floats, 0, 1, 0);
      assertThat(Floats.readInt(floats, 0)).as("bits of the weight, l1 %s", l1).isZero();
    }
  }
}
