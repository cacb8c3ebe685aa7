package io.headrace.engine.optimizer;

import java.util.Map;
import java.util.stream.Stream;

class CoinOptimizerTest extends OptimizerContract {
  @Override
  String name() {
    return "coin";
  }

  @Override
  Stream<Map<String, ?>> settings() {
    return Stream.of(Map.of(), Map.of("alpha", 100.0));
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
