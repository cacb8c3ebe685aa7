package io.headrace.engine;

import io.headrace.engine.kernel.KernelProvider;
import java.util.ArrayList;
import java.util.List;

/** A few steps of training whose losses are printed, for a test that starts it in its own JVM. */
final class TrainingRun {
  private TrainingRun() {}

  public static void main(String[] arguments) {
    System.out.println(KernelProvider.kernels().description());
    losses().forEach(System.out::println);
  }

  static List<Double> losses() {
    var losses = new ArrayList<Double>();
    for (ModelSpec spec :
        List.of(Specs.mlp(19, 33, 5, 32), Specs.linear(Specs.sparse(12, 2), "ftrl", 32))) {
      var batches = new Batches(spec.schema(), 1);
      try (var trainer = new Trainer(spec, 2)) {
        for (int step = 0; step < 10; step++) {
          losses.add(trainer.train(batches.next(32, 32)).meanLoss());
        }
      }
    }
    return losses;
  }
}
