package io.headrace.engine;

import io.headrace.engine.sample.Ledger;
import org.jspecify.annotations.Nullable;

/**
 * What a model predicts with, as it was between two steps: parameters and what layers keep beside
 * them, without what only learning needs. It is copied while the next steps are taken, into memory
 * that the next copy uses again.
 *
 * <p>Used by one thread at a time, which need not be the trainer's. {@link Trainer#startCopy}
 * begins a copy, {@link Predictor#take} finishes it.
 */
public final class WeightsCopy {
  private final SnapshotMemory memory = new SnapshotMemory(CopyRoom.MEMORY);
  private @Nullable GradualCopy copy;
  private Ledger ledger = Ledger.EMPTY;
  private long step;

  /** Begins a copy, unless it is of that state already. */
  boolean start(ModelState model, long now, Ledger account) {
    if (copy != null && now == step && account.equals(ledger)) { // undone steps show in the ledger
      return false;
    }
    memory.clear();
    copy = model.copyWeights(memory);
    step = now;
    ledger = account;
    return true;
  }

  /** Copies what is left; it can be read then. */
  CheckpointReader finished() {
    if (copy == null) {
      throw new IllegalStateException("nothing was copied yet");
    }
    copy.finish();
    return new CheckpointReader(
        new Checkpoint("", "", step, 0, ledger, memory.values(), memory.tensors()));
  }

  /** Steps that the model had taken. */
  public long step() {
    return step;
  }

  /** What had become of every record. */
  public Ledger ledger() {
    return ledger;
  }
}
