package io.headrace.pipeline.batch;

import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Blocks to be filled again. It has no limit of its own: as many blocks exist as demand lets be on
 * their way at once, each grown to the largest chunk met. Thread-safe.
 */
public final class BlockPool {
  private static final int CAPACITY_STEP = 64;

  private final SampleSchema schema;
  private final Queue<SampleBlock> free = new ConcurrentLinkedQueue<>();
  private final AtomicInteger outstanding = new AtomicInteger();
  private final AtomicInteger mostOutstanding = new AtomicInteger();
  private final AtomicInteger largestCapacity = new AtomicInteger(CAPACITY_STEP);

  public BlockPool(SampleSchema schema) {
    this.schema = schema;
  }

  /** A block with room for {@code rows}; the caller owns it until it is given back. */
  public SampleBlock take(int rows) {
    int taken = outstanding.incrementAndGet();
    mostOutstanding.accumulateAndGet(taken, Math::max);
    SampleBlock block = free.poll();
    return block != null && block.capacity() >= rows ? block : allocate(rows);
  }

  /** Takes a block back; nobody may touch it afterwards. */
  public void give(SampleBlock block) {
    outstanding.decrementAndGet();
    free.add(block);
  }

  /** Blocks taken and not given back; a stream that ends early leaves some to the collector. */
  public int outstanding() {
    return outstanding.get();
  }

  /** The most blocks that were ever outstanding at once. */
  public int mostOutstanding() {
    return mostOutstanding.get();
  }

  private SampleBlock allocate(int rows) {
    int steps = Math.ceilDiv(rows, CAPACITY_STEP);
    int capacity = largestCapacity.accumulateAndGet(steps * CAPACITY_STEP, Math::max);
    return new SampleBlock(schema, capacity);
  }
}
