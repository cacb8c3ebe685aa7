package io.headrace.engine.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.kernel.KernelProvider;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What optimizers remember moves a weight through thousands of steps without a gradient: taken when
 * the weight is next read, beside the same steps one by one, in double precision; a few steps
 * beside the optimizer's own, too, in floats.
 */
class FadingTest {
  private static final int[] GAPS = {1, 7, 60, 400, 4000};
  private static final int MANY = 100;
  private static final int[] FIRST_STEPS = {1, 30, 2000, 100_000};

  @ParameterizedTest
  @CsvSource({
    "adam, learning-rate 0.0001",
    "adam, learning-rate 0.001",
    "adam, learning-rate 0.002 beta1 0.95",
    "adam, learning-rate 0.003",
    "adam, learning-rate 0.001 l1 0.0001",
    "adamw, learning-rate 0.0001 weight-decay 0.1",
    "adamw, learning-rate 0.001 weight-decay 0.01",
    "adamw, learning-rate 0.003 weight-decay 0.001",
    "adamw, learning-rate 0.001 weight-decay 0.01 l1 0.001",
    "adamw, learning-rate 0.001 beta1 0.5 beta2 0.9",
    "rmsprop, learning-rate 0.001 momentum 0.9 decay 0.99",
    "sgd, learning-rate 0.01 momentum 0.9",
    "sgd, learning-rate 0.01 momentum 0.8 nesterov true"
  })
  void isWhatStepsOneByOneComeTo(String name, String words) {
    Settings settings = Settings.of(name, words);
    Optimizer optimizer = Optimizers.variants().named(name).from(settings.given());
    for (int first : FIRST_STEPS) {
      check(optimizer, settings, first, step -> 1);
      check(optimizer, settings, first, step -> step % 2000 < 30 ? 1 : 0.1);
      check(optimizer, settings, first, step -> 1 / Math.sqrt(1 + 0.001 * step));
      check(optimizer, settings, first, step -> Math.min(1, step / 500.0));
    }
  }

  private static void check(
      Optimizer optimizer, Settings settings, int first, IntToDoubleFunction factor) {
    for (int gap : GAPS) {
      ParameterBlock late = remembering(optimizer);
      ParameterBlock dense = remembering(optimizer);
      var twins = twins(settings, late);
      Idling idling = optimizer.idling().orElseThrow();
      var past = new PastSteps(optimizer.rate(), idling.decay());
      MemorySegment zeros = Floats.allocate(twins.size());
      for (int step = first; step < first + gap; step++) {
        double part = factor.applyAsDouble(step);
        past.add(step, part);
        optimizer.update(KernelProvider.kernels(), dense, 0, zeros, 0, twins.size(), step, part);
        for (Twin twin : twins) {
          twin.step(optimizer.rate() * part, step);
        }
      }
      idling.skip(late, 0, twins.size(), past, 0, gap);
      for (int i = 0; i < twins.size(); i++) {
        String what = "weight %d, %s, %d steps from %d on".formatted(i, optimizer, gap, first);
        float weight = Floats.read(late.values(), i);
        assertThat((double) weight).as(what).isCloseTo(twins.get(i).weight, Offset.offset(1e-6));
        if (gap < MANY) {
          assertThat(weight)
              .as("beside floats: %s", what)
              .isCloseTo(Floats.read(dense.values(), i), Offset.offset(6e-8f));
        }
        for (int slot = 0; slot < late.slots().size() - 1; slot++) {
          float expected = Floats.read(dense.slot(slot), i);
          assertThat(Floats.read(late.slot(slot), i))
              .as("slot %d of %s", slot, what)
              .isCloseTo(expected, Offset.offset(1e-9f + 1e-3f * Math.abs(expected)));
        }
      }
    }
  }

  /** A weight in double precision; what it remembers fades, and moves it. */
  private static final class Twin {
    private final Settings settings;
    private double weight;
    private double mean;
    private double square;

    Twin(Settings settings, ParameterBlock block, int i) {
      this.settings = settings;
      weight = Floats.read(block.values(), i);
      boolean adam = settings.has("beta1");
      mean = Floats.read(block.slot(adam || !settings.has("decay") ? 0 : 1), i);
      square = adam ? Floats.read(block.slot(1), i) : 0;
    }

    void step(double rate, int number) {
      weight *= 1 - rate * settings.number("weight-decay");
      if (settings.has("beta1")) {
        mean *= (float) settings.number("beta1");
        square *= (float) settings.number("beta2");
        double root = Math.sqrt(square / (1 - Math.pow(settings.number("beta2"), number)));
        double whole = mean / (1 - Math.pow(settings.number("beta1"), number));
        weight -= rate * whole / (root + settings.number("epsilon"));
      } else {
        float momentum = (float) settings.number("momentum");
        mean *= momentum;
        weight -= rate * mean * (settings.has("nesterov") ? momentum : 1);
      }
      double left = Math.max(0, Math.abs(weight) - rate * settings.number("l1"));
      weight = Math.copySign(left, weight);
    }
  }

  private static List<Twin> twins(Settings settings, ParameterBlock block) {
    return IntStream.range(0, (int) Floats.count(block.values()))
        .mapToObj(i -> new Twin(settings, block, i))
        .toList();
  }

  /** Settings as they are written, and Adam's where it is not said. */
  private record Settings(Map<String, Object> given) {
    static Settings of(String name, String words) {
      var given = new TreeMap<String, Object>();
      if (name.startsWith("adam")) {
        given.putAll(Map.of("beta1", "0.9", "beta2", "0.999", "epsilon", "1e-8"));
      }
      given.putAll(Map.of("lazy", "exact", "weight-decay", "0"));
      String[] each = words.split(" ", -1);
      for (int i = 0; i < each.length; i += 2) {
        given.put(each[i], each[i + 1]);
      }
      return new Settings(given);
    }

    boolean has(String key) {
      return given.containsKey(key);
    }

    double number(String key) {
      return Double.parseDouble(given.getOrDefault(key, "0").toString());
    }
  }

  /** Weights of some sizes with what a few gradients of some sizes leave. */
  private static ParameterBlock remembering(Optimizer optimizer) {
    float[] weights = {0, 0.05f, -0.03f, 0.002f, 1e-5f};
    ParameterBlock block = ParameterBlock.beside(Floats.of(weights), optimizer.slots().size());
    for (int step = 1; step <= 3; step++) {
      var gradients = Floats.of(0.3f, -2f / step, 1e-4f * step, 0.01f, -1e-7f);
      optimizer.update(KernelProvider.kernels(), block, 0, gradients, 0, weights.length, step, 0.1);
    }
    return block;
  }
}
