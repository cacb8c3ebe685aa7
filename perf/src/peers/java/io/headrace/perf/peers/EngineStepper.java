package io.headrace.perf.peers;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.ModelSpec;
import io.headrace.engine.Trainer;
import io.headrace.engine.sample.MiniBatch;
import java.util.List;

/** Our engine on batches in memory, with the scores and the ledger that it always keeps. */
final class EngineStepper implements Stepper {
  private final Trainer trainer;
  private final List<MiniBatch> batches;
  private final Checkpoint first;

  EngineStepper(ModelSpec model, List<MiniBatch> batches, int threads) {
    this.trainer = new Trainer(model, threads);
    this.batches = batches;
    this.first = trainer.snapshot("peers", 0);
  }

  /** The first weights. */
  Checkpoint first() {
    return first;
  }

  long parameterCount() {
    return trainer.parameterCount();
  }

  @Override
  public void reset() {
    trainer.restore(first);
  }

  @Override
  public double step(int number) {
    return trainer.train(batches.get(number % batches.size())).meanLoss();
  }

  @Override
  public void close() {
    trainer.close();
  }
}
