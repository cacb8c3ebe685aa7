package io.headrace.engine.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many steps at once beside the same steps one by one, in double precision. */
class IdlingTest {
  /** A weight without a gradient. */
  private interface Twin {
    void step(double rate);
  }

  @ParameterizedTest
  @CsvSource({
    "sgd, 0.001, 0, 10000",
    "sgd, 0, 0.0001, 1000000",
    "sgd, 0.0001, 0.00001, 100000",
    "adamw, 0.001, 0, 10000",
    "adamw, 0.0001, 0.001, 1000000",
    "adagrad, 0, 0.00001, 1000000",
    "adagrad, 0.000001, 0, 1000000",
    "adagrad, 0.001, 0, 30000",
    "adagrad, 0.001, 0.0001, 30000",
    "adagrad, 0.0001, 0.00001, 1000000",
    "adagrad, 0.3, 0, 3000"
  })
  void areTheStepsOneByOne(String name, double decay, double l1, int steps) {
    for (double first : new double[] {0.7, -0.002, 3}) {
      for (int every : new int[] {Integer.MAX_VALUE, 97}) {
        check(name, decay, l1, steps, first, every);
      }
    }
  }

  private static void check(
      String name, double decay, double l1, int count, double first, int every) {
    var settings =
        new TreeMap<String, Object>(Map.of("lazy", "exact", "weight-decay", decay, "l1", l1));
    Optimizer optimizer = Optimizers.variants().named(name).from(settings);
    Idling idling = optimizer.idling().orElseThrow();
    var past = new PastSteps(optimizer.rate(), idling.decay());
    var block = ParameterBlock.beside(Floats.of((float) first), optimizer.slots().size());
    float sum = 0.04f;
    if (name.equals("adagrad")) {
      Floats.write(block.slot(0), 0, sum);
    }
    double[] weight = {(float) first};
    double[] squares = {sum};
    Twin twin =
        rate -> {
          double slope = decay * weight[0];
          double own = rate;
          if (name.equals("adagrad")) {
            double added = slope * slope;
            squares[0] += added > 0x1p-25 * squares[0] ? added : 0; // what a float can tell
            own = rate / (Math.sqrt(squares[0]) + 1e-10);
          }
          double moved = weight[0] - own * slope;
          weight[0] = Math.copySign(Math.max(Math.abs(moved) - own * l1, 0), moved);
        };
    for (int step = 0; step < count; step++) {
      double factor = 1 / (1 + 0.01 * Math.floorDiv(step, every));
      past.add(step + 1, factor);
      twin.step(optimizer.rate() * factor);
    }
    idling.skip(block, 0, 1, past, 0, count);
    assertThat((double) Floats.read(block.values(), 0))
        .as("%s of decay %s and l1 %s from %s, rate every %d", name, decay, l1, first, every)
        .isCloseTo(weight[0], Offset.offset(1e-6 * Math.max(1, Math.abs(first))));
  }
}
