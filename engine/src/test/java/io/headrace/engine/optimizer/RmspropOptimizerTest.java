package io.headrace.engine.optimizer;

import java.util.Map;
import java.util.stream.Stream;

class RmspropOptimizerTest extends OptimizerContract {
  @Override
  String name() {
    return "rmsprop";
  }

  @Override
  Stream<Map<String, ?>> settings() {
    return Stream.of(
        Map.of(),
        Map.of("learning-rate", 0.01, "decay", 0.99, "weight-decay", 0.1, "epsilon", 0.001),
        Map.of("learning-rate", 0.02, "momentum", 0.8, "l1", 0.5));
  }

  @Override
  Twin twin(Map<String, ?> settings, double weight) {
    double rate = Given.number(settings, "learning-rate", 0.001);
    double keep = Given.number(settings, "decay", 0.9);
    double momentum = Given.number(settings, "momentum", 0);
    double epsilon = Given.number(settings, "epsilon", 1e-8);
    double decay = Given.number(settings, "weight-decay", 0);
    double l1 = Given.number(settings, "l1", 0);
    return new Twin() {
      private double w = weight;
      private double s;
      private double v;

      @Override
      public double step(double g, int step) {
        double d = g + decay * w;
        s = keep * s + (1 - keep) * d * d;
        v = momentum * v + d / (Math.sqrt(s) + epsilon);
        w = Given.shrunk(w - rate * v, rate * l1);
        return w;
      }
    };
  }
}
