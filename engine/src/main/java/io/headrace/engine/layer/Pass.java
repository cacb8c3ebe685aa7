package io.headrace.engine.layer;

import io.headrace.engine.sample.SampleBlock;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which rows go through the model, and in which step. Written by the trainer between two phases,
 * read by its workers during one.
 */
public final class Pass {
  private @Nullable SampleBlock block;
  private int base;
  private int rows;
  private long step;

  /**
   * Says what the next phases work on.
   *
   * @param base row of the block that is row 0 of the pass
   * @param step number of the step, counted from 1; 0 when nothing is learned
   */
  public void start(SampleBlock block, int base, int rows, long step) {
    this.block = block;
    this.base = base;
    this.rows = rows;
    this.step = step;
  }

  public SampleBlock block() {
    return Objects.requireNonNull(block);
  }

  public int base() {
    return base;
  }

  public int rows() {
    return rows;
  }

  public long step() {
    return step;
  }

  /** Whether the rows are learned from, not only scored. */
  public boolean learns() {
    return step > 0;
  }
}
