package io.headrace.engine.optimizer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SgdOptimizerTest extends OptimizerContract {
  @Override
  String name() {
    return "sgd";
  }

  @Override
  Stream<Map<String, ?>> settings() {
    return Stream.of(
        Map.of(),
        Map.of("learning-rate", 0.2, "weight-decay", 0.1),
        Map.of("learning-rate", 0.1, "momentum", 0.9),
        Map.of("learning-rate", 0.1, "momentum", 0.9, "l1", 0.5),
        Map.of("learning-rate", 0.1, "momentum", 0.8, "nesterov", true, "weight-decay", 0.01));
  }

  @Override
  Twin twin(Map<String, ?> settings, double weight) {
    double rate = Given.number(settings, "learning-rate", 0.05);
    double momentum = Given.number(settings, "momentum", 0);
    double decay = Given.number(settings, "weight-decay", 0);
    double l1 = Given.number(settings, "l1", 0);
    boolean nesterov = settings.containsKey("nesterov");
    return new Twin() {
      private double w = weight;
      private double v;

      @Override
      public double step(double g, int step) {
        double d = g + decay * w;
        v = momentum * v + d;
        w -= rate * (nesterov ? d + momentum * v : v);
        w = Given.shrunk(w, rate * l1);
        return w;
      }
    };
  }

  @Test
  void refusesNesterovWithoutMomentum() {
    assertThatThrownBy(() -> Optimizers.variants().named("sgd").from(Map.of("nesterov", "true")))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("momentum: 0.9");
  }
}
