package io.headrace.engine.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.kernel.KernelProvider;
import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every optimizer promises. A new one extends this with the plainest form of its formula. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OptimizerContract {
  private static final int[] SIZES = {1, 2, 7, 16, 33, 100};
  private static final Kernels KERNELS = KernelProvider.kernels();

  /** One parameter with its slots, in double precision. */
  interface Twin {
    /** The parameter after a step with gradient {@code g}; {@code step} counts from 1. */
    double step(double g, int step);
  }

  abstract String name();

  /** Settings to try. */
  abstract Stream<Map<String, ?>> settings();

  /** The formula with these settings, starting from {@code weight}. */
  abstract Twin twin(Map<String, ?> settings, double weight);

  private Optimizer optimizer(Map<String, ?> settings) {
    return Optimizers.variants().named(name()).from(settings);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void agreesWithItsFormula(Map<String, ?> settings) {
    Optimizer optimizer = optimizer(settings);
    for (int n : SIZES) {
      var random = new Random(n);
      MemorySegment values = Floats.allocate(n);
      Twin[] twins = new Twin[n];
      for (int i = 0; i < n; i++) {
        float weight = i % 4 == 0 ? 0 : (float) random.nextGaussian();
        Floats.write(values, i, weight);
        twins[i] = twin(settings, weight);
      }
      var block = ParameterBlock.beside(values, optimizer.slots().size());
      optimizer.start(block, n);
      MemorySegment gradients = Floats.allocate(n);
      for (int step = 1; step <= 40; step++) {
        double[] expected = new double[n];
        for (int i = 0; i < n; i++) {
          float g = i % 3 == 0 && step % 2 == 0 ? 0 : (float) random.nextGaussian();
          Floats.write(gradients, i, g);
          expected[i] = twins[i].step(g, step);
        }
        optimizer.update(KERNELS, block, 0, gradients, 0, n, step, 1);
        for (int i = 0; i < n; i++) {
          assertThat((double) Floats.read(values, i))
              .as("parameter %d of %d after step %d", i, n, step)
              .isCloseTo(expected[i], Offset.offset(2e-5 * (1 + Math.abs(expected[i]))));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void startsWithoutMovingTheParameters(Map<String, ?> settings) {
    Optimizer optimizer = optimizer(settings);
    MemorySegment values = Floats.of(0.5f, -2, 0, 1e-3f);
    var block = ParameterBlock.beside(values, optimizer.slots().size());
    optimizer.start(block, 4);
    assertThat(Floats.toArray(values)).containsExactly(0.5f, -2, 0, 1e-3f);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void leavesPaddingZero(Map<String, ?> settings) {
    Optimizer optimizer = optimizer(settings);
    MemorySegment values = Floats.allocate(19);
    var block = ParameterBlock.beside(values, optimizer.slots().size());
    optimizer.start(block, 19);
    for (int step = 1; step < 5; step++) {
      optimizer.update(KERNELS, block, 0, Floats.allocate(19), 0, 19, step, 1);
    }
    assertThat(Floats.toArray(values)).containsOnly(0);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void changesItsRangeOnly(Map<String, ?> settings) {
    Optimizer optimizer = optimizer(settings);
    MemorySegment values = Floats.allocate(40);
    Floats.fill(values, 0, 40, 1);
    var block = ParameterBlock.beside(values, optimizer.slots().size());
    optimizer.start(block, 40);
    MemorySegment gradients = Floats.allocate(40);
    Floats.fill(gradients, 0, 40, 3);
    optimizer.update(KERNELS, block, 5, gradients, 2, 21, 1, 1);
    for (int i = 0; i < 40; i++) {
      assertThat(Floats.read(values, i) != 1).as("%d", i).isEqualTo(i >= 5 && i < 26);
    }
  }

  /** What a schedule does: half the factor at twice the rate is the same step. */
  @ParameterizedTest
  @MethodSource("settings")
  void aRateFactorMultipliesTheLearningRateOrIsIgnored(Map<String, ?> settings) {
    Optimizer plain = optimizer(settings);
    if (!plain.takesRateFactor()) {
      assertThat(updated(plain, 0.5)).isEqualTo(updated(plain, 1));
      return;
    }
    var doubled = new HashMap<String, Object>(settings);
    double rate =
        (double)
            Optimizers.variants()
                .spec(name(), settings)
                .settings()
                .asMap()
                .getOrDefault("learning-rate", 0.0);
    doubled.put("learning-rate", 2 * rate);
    assertThat(updated(optimizer(doubled), 0.5)).isEqualTo(updated(plain, 1));
    assertThat(updated(plain, 0.5)).isNotEqualTo(updated(plain, 1));
  }

  private static float[] updated(Optimizer optimizer, double rateFactor) {
    MemorySegment values = Floats.of(0.5f, -2, 0, 1e-3f, 7);
    var block = ParameterBlock.beside(values, optimizer.slots().size());
    optimizer.start(block, 5);
    for (int step = 1; step < 4; step++) {
      MemorySegment gradients = Floats.of(0.25f, -1, 3, 0.5f, -0.125f);
      optimizer.update(KERNELS, block, 0, gradients, 0, 5, step, rateFactor);
    }
    return Floats.toArray(values);
  }
}
