package io.headrace.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * Collects what a source emits, requesting only when told to, and checks that it is never given
 * more. Thread-safe: a test asks while the source emits.
 */
public final class ChunkCollector extends BaseSubscriber<RecordChunk> {
  private static final long PATIENCE_MILLIS = 30_000;

  private final Consumer<RecordChunk> onChunk;
  private final List<String> faults = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private long requested;
  private long received;
  private long records;
  private int caughtUp;
  private @Nullable Throwable failure;
  private boolean completed;

  public ChunkCollector(Consumer<RecordChunk> onChunk) {
    this.onChunk = onChunk;
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {}

  /** Requests {@code chunks} more. */
  public void ask(long chunks) {
    synchronized (this) {
      requested = requested + chunks < 0 ? Long.MAX_VALUE : requested + chunks;
    }
    request(chunks);
  }

  @Override
  protected void hookOnNext(RecordChunk chunk) {
    synchronized (this) {
      received++;
      if (received > requested) {
        faults.add("chunk " + received + " came, " + requested + " were requested");
      }
      if (completed || failure != null) {
        faults.add("a chunk came after the end");
      }
      records += chunk.count() - chunk.skipped();
      caughtUp += chunk.caughtUp() ? 1 : 0;
      onChunk.accept(chunk);
    }
    chunk.release();
  }

  @Override
  protected synchronized void hookOnComplete() {
    completed = true;
    ended.countDown();
  }

  @Override
  protected synchronized void hookOnError(Throwable throwable) {
    failure = throwable;
    ended.countDown();
  }

  public synchronized long received() {
    return received;
  }

  public synchronized long records() {
    return records;
  }

  /** How many chunks said that the source was caught up. */
  public synchronized int caughtUpSignals() {
    return caughtUp;
  }

  public synchronized boolean completed() {
    return completed;
  }

  /** Breaches of the rules of Reactive Streams. */
  public synchronized List<String> breaches() {
    return List.copyOf(faults);
  }

  public synchronized @Nullable Throwable failure() {
    return failure;
  }

  /** Waits until the stream has completed or failed. */
  public ChunkCollector awaitEnd() {
    try {
      if (!ended.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new AssertionError("no end after " + received() + " chunks");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return this;
  }

  /** Waits until {@code condition} holds. */
  public static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain: " + what);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
  }
}
