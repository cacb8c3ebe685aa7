package io.headrace.ingest;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Chunks that were released and may be filled again. How many are out at a time is bounded by what
 * is requested from the source; how much memory the idle ones hold is bounded here.
 *
 * <p>Thread-safe: a source takes, anybody releases. A taken chunk belongs to the taker.
 */
public final class ChunkPool {
  private static final long IDLE_BYTES = 64L << 20;

  private final ConcurrentLinkedQueue<RecordChunk> idle = new ConcurrentLinkedQueue<>();
  private final AtomicLong idleBytes = new AtomicLong();
  private final AtomicInteger outstanding = new AtomicInteger();

  /** A chunk to fill; the caller starts it. */
  public RecordChunk take() {
    outstanding.incrementAndGet();
    RecordChunk chunk = idle.poll();
    if (chunk == null) {
      return new RecordChunk(this::recycle);
    }
    idleBytes.addAndGet(-chunk.capacityBytes());
    return chunk;
  }

  /** Chunks that were taken and not yet released. */
  public int outstanding() {
    return outstanding.get();
  }

  /** Memory held by chunks that wait to be filled again. */
  public long idleBytes() {
    return idleBytes.get();
  }

  private void recycle(RecordChunk chunk) {
    outstanding.decrementAndGet();
    int bytes = chunk.capacityBytes();
    if (idleBytes.addAndGet(bytes) <= IDLE_BYTES) {
      idle.add(chunk);
    } else {
      idleBytes.addAndGet(-bytes);
    }
  }
}
