package io.headrace.engine;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A checkpoint whose tensors are still being copied while learning goes on. One thread, not
 * necessarily the trainer's, calls {@link #finish}; until it has returned nobody may read tensors.
 */
public final class Snapshot {
  private final Checkpoint checkpoint;
  private final List<GradualCopy> copies;

  Snapshot(Checkpoint checkpoint, List<GradualCopy> copies) {
    this.checkpoint = checkpoint;
    this.copies = copies;
  }

  /** The same with something added to the checkpoint that is known already. */
  public Snapshot with(UnaryOperator<Checkpoint> more) {
    return new Snapshot(more.apply(checkpoint), copies);
  }

  /** Copies what is left, and gives the checkpoint, complete. */
  public Checkpoint finish() {
    copies.forEach(GradualCopy::finish);
    return checkpoint;
  }
}
