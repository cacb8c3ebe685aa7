package io.headrace.engine;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A checkpoint whose tensors are still being copied while learning goes on. One thread, not
 * necessarily the trainer's, calls {@link #finish}, until it has returned nobody may read tensors,
 * and {@link #release}. Any thread may {@link #help}.
 */
public final class Snapshot {
  private final Checkpoint checkpoint;
  private final List<GradualCopy> copies;
  private final SnapshotMemory memory;

  Snapshot(Checkpoint checkpoint, List<GradualCopy> copies, SnapshotMemory memory) {
    this.checkpoint = checkpoint;
    this.copies = copies;
    this.memory = memory;
  }

  /** The same with something added to the checkpoint that is known already. */
  public Snapshot with(UnaryOperator<Checkpoint> more) {
    return new Snapshot(more.apply(checkpoint), copies, memory);
  }

  /** Copies what is left, and gives the checkpoint, complete. */
  public Checkpoint finish() {
    copies.forEach(GradualCopy::finish);
    return checkpoint;
  }

  /**
   * Copies a part of what is left, from the other end, and returns when everything is copied: for
   * who has nothing else to do before it is.
   */
  public void help() {
    copies.forEach(GradualCopy::helpFinish);
  }

  /**
   * Gives back what the copy takes outside of memory. To be called once nobody reads its tensors
   * any more, and before the next snapshot is begun; without it, that one does.
   */
  public void release() {
    memory.giveFilesBack();
  }
}
