package io.headrace.engine;

import io.headrace.engine.sample.MiniBatch;

/** Prints what a step of each model of {@link TrainerTest} allocates. */
final class StepAllocation {
  /** Of a step's result, and of the phase that a bounded norm adds to a step. */
  static final long RESULT_BYTES = 72;

  private StepAllocation() {}

  public static void main(String[] arguments) {
    TrainerTest.models()
        .forEach(
            spec -> {
              MiniBatch batch = new Batches(spec.schema(), 1).next(64, 64);
              try (var trainer = new Trainer(spec, 1)) {
                long bytes = Allocation.bytes(() -> trainer.train(batch), RESULT_BYTES);
                System.out.println(bytes + " " + spec.layers());
              }
            });
  }
}
