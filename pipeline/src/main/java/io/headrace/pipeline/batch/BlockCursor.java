package io.headrace.pipeline.batch;

import io.headrace.engine.sample.LedgerCounter;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;

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

  /** Moves rows to {@code batch}, which has room, until it is full or the block is used up. */
  void pour(MiniBatch batch) {
    SampleBlock rows = batch.rows();
    int room = rows.capacity() - rows.size();
    int count = Math.min(room, block.size() - row);
    rows.appendRows(block, row, row + count);
    row += count;
    LedgerCounter ledger = batch.ledger();
    if (count == room) {
      int last = row - 1;
      long end = block.settledBy(last);
      settle(ledger, end, count, block.rejectedBefore(last), block.filteredBefore(last));
    } else {
      settle(ledger, block.nextPosition(), count, block.rejected(), block.filtered());
    }
  }

  private void settle(
      LedgerCounter ledger, long end, int trained, int rejectedNow, int filteredNow) {
    ledger.add(block.partition(), end, trained, rejectedNow - rejected, filteredNow - filtered);
    position = end;
    rejected = rejectedNow;
    filtered = filteredNow;
  }
}
