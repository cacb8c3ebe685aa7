package io.headrace.pipeline.batch;

import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/**
 * Cuts blocks into mini-batches of one size and publishes them on the ring.
 *
 * <p>A batch is closed when it is full, or by linger: only once the source has nothing more to give
 * and {@code lingerMillis} have passed since the batch's oldest row. So a stream that always has
 * data waiting gives the same batches whatever the timing.
 *
 * <p>Demand: one block at a time, and the next one only when every row of the last has its place in
 * the ring. It never blocks: without a free slot it keeps its place in the block and goes on when
 * the handler has freed half of the ring.
 *
 * <p>All cutting happens on the thread of {@code assembly}, which is the one producer of the ring;
 * {@link #ring}, {@link #stop} and {@link #cancel} may be called from any thread. A block belongs
 * to the assembler until it goes back to the pool.
 */
public final class BatchAssembler extends BaseSubscriber<SampleBlock> {
  private static final int WAITING_BLOCKS = 4;

  private final BatchShape shape;
  private final BlockPool pool;
  private final Scheduler assembly;
  private final BatchRing ring;
  private final Map<SourcePartition, Long> settled = new HashMap<>();
  private final AtomicLong closedBySize = new AtomicLong();
  private final AtomicLong closedByLinger = new AtomicLong();
  private final AtomicLong closedByEnd = new AtomicLong();
  private volatile int demand;
  private @Nullable BlockCursor current;
  private @Nullable Slot open;
  private long openedAtMillis;
  private boolean caughtUp;
  private boolean lingering;
  private @Nullable StreamEnd ending;
  private boolean over;

  private BatchAssembler(
      SampleSchema schema,
      BatchShape shape,
      BlockPool pool,
      Scheduler assembly,
      BatchHandler handler) {
    this.shape = shape;
    this.pool = pool;
    this.assembly = assembly;
    this.ring = new BatchRing(schema, shape, handler, new RingListener());
  }

  /**
   * Starts the handler's thread and gives the assembler that feeds it.
   *
   * @param pool takes blocks back
   * @param assembly runs one task at a time, e.g. {@code Schedulers.newSingle}; also the clock
   * @param handler takes the batches
   */
  public static BatchAssembler start(
      SampleSchema schema,
      BatchShape shape,
      BlockPool pool,
      Scheduler assembly,
      BatchHandler handler) {
    var assembler = new BatchAssembler(schema, shape, pool, assembly, handler);
    assembler.ring.start();
    return assembler;
  }

  /** Subscribes to {@code blocks}, of which at most four wait here; call it once. */
  public void assemble(Flux<SampleBlock> blocks) {
    blocks.publishOn(assembly, WAITING_BLOCKS).subscribe(this);
  }

  /**
   * Cancels upstream and ends the stream behind the batches that are full: at once, even if nothing
   * was subscribed to yet. Further calls do nothing.
   */
  public void stop() {
    cancel();
    schedule(this::dropRest);
  }

  /** Completes when the last batch has been handled, with the reason for the end. */
  public CompletableFuture<StreamEnd> end() {
    return ring.end();
  }

  /** How full the ring is now. */
  public RingStatus ring() {
    return new RingStatus(
        shape.ringSlots(),
        ring.occupied(),
        demand,
        closedBySize.get(),
        closedByLinger.get(),
        closedByEnd.get());
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    requestNext();
  }

  @Override
  protected void hookOnNext(SampleBlock block) {
    demand = 0;
    if (ending != null) {
      pool.give(block);
      return;
    }
    current = new BlockCursor(block, settled.getOrDefault(block.partition(), -1L));
    caughtUp = false;
    advance();
  }

  @Override
  protected void hookOnComplete() {
    end(new StreamEnd.Completed());
  }

  @Override
  protected void hookOnError(Throwable fault) {
    end(new StreamEnd.Failed(fault));
  }

  @Override
  protected void hookOnCancel() {
    schedule(this::dropRest);
  }

  private void dropRest() {
    if (ending != null) {
      return;
    }
    if (current != null) {
      pool.give(current.block());
      current = null;
    }
    end(new StreamEnd.Stopped());
  }

  private void end(StreamEnd reason) {
    ending = reason;
    demand = 0;
    advance();
  }

  private void advance() {
    try {
      goOn();
    } catch (RuntimeException fault) {
      upstream().cancel();
      current = null;
      ending = new StreamEnd.Failed(fault);
      publishEnd(ending);
    }
  }

  /** Does what can be done without waiting: cut, then end or ask for more. */
  private void goOn() {
    if (over || !cut()) {
      return;
    }
    if (ending != null) {
      publishEnd(ending);
    } else if (demand == 0) {
      requestNext();
    }
  }

  private void requestNext() {
    demand = 1;
    request(1);
  }

  /** Returns false if rows are left for which there is no slot. */
  private boolean cut() {
    if (current == null) {
      return true;
    }
    while (!current.usedUp()) {
      Slot slot = open();
      if (slot == null) {
        return false;
      }
      current.pour(slot.batch);
      if (slot.batch.rows().size() == shape.size()) {
        close(closedBySize);
      }
    }
    SampleBlock block = current.block();
    current = null;
    settled.put(block.partition(), block.nextPosition());
    caughtUp = block.caughtUp();
    pool.give(block);
    closeIfLingered();
    ring.handOver();
    return true;
  }

  private @Nullable Slot open() {
    if (open == null) {
      open = ring.claim();
      openedAtMillis = assembly.now(TimeUnit.MILLISECONDS);
    }
    return open;
  }

  private void close(AtomicLong closed) {
    closed.lazySet(closed.getPlain() + 1);
    open = null;
    ring.close();
  }

  private void closeIfLingered() {
    if (open == null || !caughtUp || lingering || over) {
      return;
    }
    long waited = assembly.now(TimeUnit.MILLISECONDS) - openedAtMillis;
    if (waited >= shape.lingerMillis()) {
      close(closedByLinger);
      return;
    }
    lingering = true;
    // A clock set back makes the wait negative: never wait longer than the setting says.
    long left = Math.min(shape.lingerMillis(), shape.lingerMillis() - waited);
    schedule(this::lingerPassed, left);
  }

  private void lingerPassed() {
    lingering = false;
    closeIfLingered();
    ring.handOver();
  }

  /** Only a finished source closes a partial batch; else its rows are left to be read again. */
  private void publishEnd(StreamEnd reason) {
    Slot slot = open();
    if (slot == null) {
      return;
    }
    if (!(reason instanceof StreamEnd.Completed)) {
      slot.batch.clear();
    }
    slot.end = reason;
    over = true;
    if (slot.hasContent()) {
      closedByEnd.incrementAndGet();
    }
    ring.close();
    ring.handOver();
  }

  private void schedule(Runnable task) {
    schedule(task, 0);
  }

  private void schedule(Runnable task, long delayMillis) {
    try {
      var _ = assembly.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      // The stream has ended: whoever closed the scheduler wants nothing more from here.
    }
  }

  private final class RingListener implements BatchRing.Listener {
    @Override
    public void roomAgain() {
      schedule(BatchAssembler.this::advance);
    }

    @Override
    public void noMoreWanted() {
      stop();
    }
  }
}
