package io.headrace.engine.optimizer;

import java.util.Map;
import java.util.stream.Stream;

class AdamwOptimizerTest extends OptimizerContract {
  @Override
  String name() {
    return "adamw";
  }

  @Override
  Stream<Map<String, ?>> settings() {
    return Stream.of(
        Map.of(),
        Map.of("learning-rate", 0.1, "beta1", 0.8, "beta2", 0.9, "weight-decay", 0.1),
        Map.of("learning-rate", 0.01, "weight-decay", 0.0, "l1", 0.3));
  }

  @Override
  Twin twin(Map<String, ?> settings, double weight) {
    double rate = Given.number(settings, "learning-rate", 0.001);
    double beta1 = Given.number(settings, "beta1", 0.9);
    double beta2 = Given.number(settings, "beta2", 0.999);
    double decay = Given.number(settings, "weight-decay", 0.01);
    double l1 = Given.number(settings, "l1", 0);
    return new Twin() {
      private double w = weight;
      private double m;
      private double v;

      @Override
      public double step(double g, int step) {
        w -= rate * decay * w;
        m = beta1 * m + (1 - beta1) * g;
        v = beta2 * v + (1 - beta2) * g * g;
        double mean = m / (1 - Math.pow(beta1, step));
        double square = v / (1 - Math.pow(beta2, step));
        w = Given.shrunk(w - rate * mean / (Math.sqrt(square) + 1e-8), rate * l1);
        return w;
      }
    };
  }
}
