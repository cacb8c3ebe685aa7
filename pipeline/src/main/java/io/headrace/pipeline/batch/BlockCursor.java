package io.headrace.pipeline.batch;

import io.headrace.engine.sample.SampleBlock;
import io.headrace.sink.BatchJournal.Run;
import org.jspecify.annotations.Nullable;

/**
 * How far a block has been cut into batches. Not thread-safe.
 *
 * <p>A full batch settles everything up to its last row. What lies behind a block's last row
 * (rejections, gaps in the source) goes to the batch that is open then, so that the account of a
 * full batch is the same wherever blocks happen to begin and end.
 */
final class BlockCursor {
  private final SampleBlock block;
  private int row;
  private int rejected;
  private int filtered;
  private long position;

  /**
   * @param position up to where the block's partition is settled; -1 if nothing of it is
   */
  BlockCursor(SampleBlock block, long position) {
    this.block = block;
    this.position = position;
  }

  SampleBlock block() {
    return block;
  }

  /** Whether every row and every record of the block is in a batch. */
  boolean usedUp() {
    return row == block.size()
        && position == block.nextPosition()
        && rejected == block.rejected()
        && filtered == block.filtered();
  }

  /** Moves rows to {@code slot}, which has room, until it is full or the block is used up. */
  void pour(Slot slot) {
    SampleBlock rows = slot.batch.rows();
    int room = rows.capacity() - rows.size();
    int count = Math.min(room, block.size() - row);
    rows.appendRows(block, row, row + count);
    row += count;
    if (count == room) {
      int last = row - 1;
      long end = block.settledBy(last);
      settle(slot, end, count, block.rejectedBefore(last), block.filteredBefore(last));
    } else {
      settle(slot, block.nextPosition(), count, block.rejected(), block.filtered());
    }
  }

  /**
   * The part of {@code run} that this block has, if it has the run's rows or fewer: all of the
   * block where the run goes on behind it, else the run's own counts. Null where it has more.
   */
  @Nullable Run partOf(Run run) {
    int end = row;
    while (end < block.size() && block.settledBy(end) <= run.to()) {
      end++;
    }
    if (end - row > run.rows()) {
      return null;
    }
    int rejectedLeft = block.rejected() - rejected;
    int filteredLeft = block.filtered() - filtered;
    if (end == block.size() && block.nextPosition() <= run.to()) {
      return new Run(run.partition(), block.nextPosition(), end - row, rejectedLeft, filteredLeft);
    }
    return new Run(
        run.partition(),
        run.to(),
        end - row,
        Math.clamp(run.rejected(), 0, rejectedLeft),
        Math.clamp(run.filtered(), 0, filteredLeft));
  }

  /** Moves what {@link #partOf} gave to {@code slot}. */
  void pour(Slot slot, Run part) {
    slot.batch.rows().appendRows(block, row, row + part.rows());
    row += part.rows();
    settle(slot, part.to(), part.rows(), rejected + part.rejected(), filtered + part.filtered());
  }

  /** What a block lost lies before its next position, and counts when that is reached. */
  private void settle(Slot slot, long end, int trained, int rejectedNow, int filteredNow) {
    slot.settle(
        new Run(block.partition(), end, trained, rejectedNow - rejected, filteredNow - filtered),
        end == block.nextPosition() && end != position ? block.lost() : 0);
    position = end;
    rejected = rejectedNow;
    filtered = filteredNow;
  }
}
