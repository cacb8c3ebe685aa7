package io.headrace.engine.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CoinOptimizerTest extends OptimizerContract {
  @Override
  String name() {
    return "coin";
  }

  @Override
  Stream<Map<String, ?>> settings() {
    return Stream.of(Map.of(), Map.of("alpha", 100.0));
  }

  @Test
  void betsOnGradientsWhoseSquaresAreNoFloats() {
    RowUpdate.Moves coin =
        (RowUpdate.Moves)
            Optimizers.variants().named("coin").from(Map.of()).rowUpdate().orElseThrow();
    MemorySegment weight = Floats.of(0, 0, 0, 0, 0);
    for (int step = 1; step <= 3; step++) {
      coin.startRow(step, 1);
      coin.move(weight, 0, 1, -1e-30f);
      assertThat(Floats.read(weight, 0)).isFinite().isPositive();
    }
  }

  /** Algorithm 2 of the paper, with the first weight kept. */
  @Override
  Twin twin(Map<String, ?> settings, double weight) {
    double alpha = Given.number(settings, "alpha", 1);
    return new Twin() {
      private double w = weight;
      private double largest;
      private double sizes;
      private double reward;
      private double sum;

      @Override
      public double step(double g, int step) {
        largest = Math.max(largest, Math.abs(g));
        sizes += Math.abs(g);
        reward = Math.max(reward - (w - weight) * g, 0);
        sum -= g;
        if (largest > 0) {
          double worth = largest * Math.max(sizes + largest, alpha * largest);
          w = weight + sum / worth * (largest + reward);
        }
        return w;
      }
    };
  }
}
