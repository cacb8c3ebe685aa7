package io.headrace.engine;

import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import java.lang.foreign.MemorySegment;

/**
 * Takes one mini-batch a step: scores it, then learns from it, on its own team of workers.
 *
 * <p>Not thread-safe: one caller at a time. The result depends on the spec and the batches alone,
 * not on {@code threads}.
 */
@SuppressWarnings({
  "DoNotCallSuggester",
  "ObjectToString",
  "unused"
}) // signatures only, replaced by the trainer itself
public final class Trainer implements AutoCloseable {
  public Trainer(ModelSpec spec, int threads) {
    throw new UnsupportedOperationException(spec + " " + threads);
  }

  /** Scores the batch, learns from it and adds its ledger to the trainer's. */
  public StepResult train(MiniBatch batch) {
    throw new UnsupportedOperationException(batch.toString());
  }

  /**
   * Scores rows without learning.
   *
   * @param outputs rows x {@link #outputWidth} floats: probabilities for classes (one for two
   *     classes under the logistic loss: that of class 1), predictions for numbers
   */
  public void predict(SampleBlock rows, MemorySegment outputs) {
    throw new UnsupportedOperationException(rows.toString() + outputs);
  }

  /** Floats that {@link #predict} writes for a row. */
  public int outputWidth() {
    throw new UnsupportedOperationException();
  }

  /** Number of learned parameters. */
  public long parameterCount() {
    throw new UnsupportedOperationException();
  }

  /** What became of every record of the batches trained so far, restored ones included. */
  public Ledger ledger() {
    throw new UnsupportedOperationException();
  }

  /** Metrics now; the window is over and a new one begins. */
  public TrainingMetrics metrics(String job, long timeMillis, double samplesPerSecond) {
    throw new UnsupportedOperationException(job + timeMillis + samplesPerSecond);
  }

  /** SHA-256 of the parameters' bytes in layer order, as lower-case hexadecimal digits. */
  public String parametersSha256() {
    throw new UnsupportedOperationException();
  }

  /**
   * A copy of all state. Its memory is used again by the call after the next: at most two
   * checkpoints are alive at a time.
   */
  public Checkpoint snapshot(String job, long timeMillis) {
    throw new UnsupportedOperationException(job + timeMillis);
  }

  /**
   * Goes on from {@code checkpoint}.
   *
   * @throws io.headrace.engine.error.HeadraceException if it belongs to another spec; the message
   *     says what differs
   */
  public void restore(Checkpoint checkpoint) {
    throw new UnsupportedOperationException(checkpoint.toString());
  }

  /** Ends the team of workers. */
  @Override
  public void close() {}
}
