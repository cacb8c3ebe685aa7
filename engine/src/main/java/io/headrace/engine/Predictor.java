package io.headrace.engine;

import io.headrace.engine.kernel.KernelProvider;
import io.headrace.engine.layer.Pass;
import io.headrace.engine.sample.SampleBlock;
import java.lang.foreign.MemorySegment;

/**
 * A model that predicts by what a {@link Trainer} of the same spec has learned, bit for bit as that
 * one would. It works on its caller's thread and keeps no memory for learning.
 *
 * <p>Not thread-safe: one caller at a time.
 */
public final class Predictor {
  private final Model model;
  private final Pass pass = new Pass();
  private final Plan plan;

  /**
   * Makes one that has learned nothing.
   *
   * @throws io.headrace.engine.error.InvalidSettingException if the spec does not make a model
   */
  public Predictor(ModelSpec spec) {
    model = Model.thatPredicts(spec, KernelProvider.kernels());
    plan = model.plan(new WorkerTeam(1, model.scratch()), pass);
  }

  /** Finishes {@code copy} and predicts by it from now on; it may then be used again. */
  public void take(WeightsCopy copy) {
    new ModelState(model).takeWeights(copy.finished());
  }

  /**
   * Predicts by a checkpoint from now on.
   *
   * @throws io.headrace.engine.error.HeadraceException if it is of another model
   */
  public void take(Checkpoint checkpoint) {
    new ModelState(model).takeWeights(new CheckpointReader(checkpoint));
  }

  /**
   * Predicts for rows.
   *
   * @param outputs rows x {@link #outputWidth} floats, as {@link Trainer#predict} writes them
   */
  public void predict(SampleBlock rows, MemorySegment outputs) {
    model.predict(plan, pass, rows, outputs);
  }

  /** Floats of a row's prediction. */
  public int outputWidth() {
    return model.outputWidth();
  }
}
