package io.headrace.engine.optimizer;

import java.util.Map;
import java.util.stream.Stream;

class AdagradOptimizerTest extends OptimizerContract {
  @Override
  String name() {
    return "adagrad";
  }

  @Override
  Stream<Map<String, ?>> settings() {
    return Stream.of(
        Map.of(),
        Map.of("learning-rate", 0.3, "epsilon", 0.01, "weight-decay", 0.1),
        Map.of("learning-rate", 0.3, "l1", 0.4));
  }

  @Override
  Twin twin(Map<String, ?> settings, double weight) {
    double rate = Given.number(settings, "learning-rate", 0.05);
    double epsilon = Given.number(settings, "epsilon", 1e-10);
    double decay = Given.number(settings, "weight-decay", 0);
    double l1 = Given.number(settings, "l1", 0);
    return new Twin() {
      private double w = weight;
      private double s;

      @Override
      public double step(double g, int step) {
        double d = g + decay * w;
        s += d * d;
        double own = rate / (Math.sqrt(s) + epsilon);
        w = Given.shrunk(w - own * d, own * l1);
        return w;
      }
    };
  }
}
