package io.headrace.pipeline.batch;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.HeldPartitions;
import io.headrace.sink.BatchJournal;
import io.headrace.sink.BatchJournal.Run;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * and {@code lingerMillis} have passed since the batch's oldest row; see also {@link #handOver}. So
 * a stream that always has data waiting gives the same batches whatever the timing.
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

  /** Blocks of a partition that came too early, from which on it is held. */
  private static final int EARLY_BLOCKS = 4;

  /** Blocks that may come too early besides those, from sources that do not hold at once. */
  private static final int MORE_EARLY_BLOCKS = 64;

  private final BatchShape shape;
  private final BlockPool pool;
  private final Scheduler assembly;
  private final BatchRing ring;
  private final Map<SourcePartition, Long> settled = new HashMap<>();
  private final AtomicLong closedBySize = new AtomicLong();
  private final AtomicLong closedByLinger = new AtomicLong();
  private final AtomicLong closedByEnd = new AtomicLong();
  private volatile int demand;
  private final BatchJournal journal;
  private final JournalledOrder order;
  private final HeldPartitions held;
  private final Deque<SampleBlock> waiting = new ArrayDeque<>();

  /** The first waiting block of each partition that was begun, and how far. */
  private final Map<SourcePartition, BlockCursor> begun = new HashMap<>();

  private @Nullable Slot open;
  private long openedAtMillis;
  private boolean caughtUp;
  private boolean lingering;
  private @Nullable StreamEnd ending;
  private @Nullable Positions leaving;
  private boolean over;

  private BatchAssembler(
      SampleSchema schema,
      BatchShape shape,
      BlockPool pool,
      Scheduler assembly,
      BatchHandler handler,
      BatchJournal journal,
      JournalledOrder order,
      HeldPartitions held) {
    this.journal = journal;
    this.order = order;
    this.held = held;
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
    var held = new HeldPartitions();
    return start(schema, shape, pool, assembly, handler, BatchJournal.NONE, Positions.START, held);
  }

  /**
   * The same with a journal: batches that it has behind {@code from} are made again, then others
   * are recorded before the handler gets them. While batches are made again, blocks that come too
   * early wait in memory, and their partitions are held; if many come all the same, the batches are
   * given up.
   *
   * @param journal used by the thread of {@code assembly} after this returns
   * @param held what the source looks at
   */
  public static BatchAssembler start(
      SampleSchema schema,
      BatchShape shape,
      BlockPool pool,
      Scheduler assembly,
      BatchHandler handler,
      BatchJournal journal,
      Positions from,
      HeldPartitions held) {
    var order = new JournalledOrder(journal.resume(from), from);
    var assembler =
        new BatchAssembler(schema, shape, pool, assembly, handler, journal, order, held);
    assembler.ring.start();
    return assembler;
  }

  /** What the journal has behind the start, to be made again; to be asked for before the start. */
  public List<Run> recorded() {
    return order.runs();
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

  /**
   * Has a part of the stream end at {@code positions}, which its blocks reach: a batch is closed
   * when all of them are in it, and the handler is told behind it.
   */
  public void handOver(Positions positions) {
    schedule(
        () -> {
          leaving = positions;
          advance();
        });
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
    waiting.add(block);
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
    dropWaiting();
    end(new StreamEnd.Stopped());
  }

  private void dropWaiting() {
    waiting.forEach(pool::give);
    waiting.clear();
    begun.clear();
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
      waiting.clear();
      begun.clear();
      ending = new StreamEnd.Failed(fault);
      publishEnd(ending);
    }
  }

  /** Does what can be done without waiting: cut, then end or ask for more. */
  private void goOn() {
    if (over || !cut() || !endLeaving()) {
      return;
    }
    if (ending != null) {
      endOfSource(ending);
    } else if (demand == 0) {
      requestNext();
    }
  }

  /** Returns false if there is no slot to say it in. */
  private boolean endLeaving() {
    if (leaving == null || !isSettled(leaving)) {
      return true;
    }
    Slot slot = open();
    if (slot == null) {
      return false;
    }
    leaving = null;
    slot.handsOver = true;
    if (slot.hasContent()) {
      count(closedByEnd);
    }
    record();
    open = null;
    ring.close();
    ring.handOver();
    return true;
  }

  private boolean isSettled(Positions positions) {
    return positions.next().entrySet().stream()
        .allMatch(entry -> settled.getOrDefault(entry.getKey(), -1L) >= entry.getValue());
  }

  private void endOfSource(StreamEnd reason) {
    if (reason instanceof StreamEnd.Completed && !order.isOver()) {
      leaveOrder("the source ends, and they go on with " + next());
      if (!cut()) {
        return;
      }
    }
    publishEnd(reason);
  }

  private void requestNext() {
    demand = 1;
    request(1);
  }

  /** Returns false if rows are left for which there is no slot. */
  private boolean cut() {
    while (!order.isOver()) {
      Slot slot = open();
      if (slot == null) {
        return false;
      }
      BlockCursor cursor = first(order.run().partition());
      if (cursor != null) {
        cutAgain(slot, cursor);
      } else if (tooManyWait()) {
        leaveOrder(waiting.size() + " blocks of other partitions came before " + next());
      } else {
        holdEarly();
        ring.handOver();
        return true;
      }
    }
    held.set(Set.of());
    if (journal.endsThere()) {
      ring.handOver();
      stop();
      return true;
    }
    while (!waiting.isEmpty()) {
      if (!cut(cursor(waiting.element()))) {
        return false;
      }
    }
    return true;
  }

  private boolean tooManyWait() {
    return waiting.size() > MORE_EARLY_BLOCKS + EARLY_BLOCKS * waitingByPartition().size();
  }

  private void holdEarly() {
    Map<SourcePartition, Integer> blocks = waitingByPartition();
    blocks.values().removeIf(count -> count < EARLY_BLOCKS);
    held.set(blocks.keySet());
  }

  private Map<SourcePartition, Integer> waitingByPartition() {
    Map<SourcePartition, Integer> blocks = new HashMap<>();
    waiting.forEach(block -> blocks.merge(block.partition(), 1, Integer::sum));
    return blocks;
  }

  private String next() {
    Run run = order.run();
    return "records of %s up to %,d".formatted(run.partition(), run.to());
  }

  private boolean cut(BlockCursor current) {
    while (!current.usedUp()) {
      Slot slot = open();
      if (slot == null) {
        return false;
      }
      current.pour(slot);
      if (slot.batch.rows().size() == shape.size()) {
        close(closedBySize);
      }
    }
    caughtUp = current.block().caughtUp();
    giveBack(current);
    closeIfLingered();
    ring.handOver();
    return true;
  }

  private void giveBack(BlockCursor used) {
    SampleBlock block = used.block();
    waiting.remove(block);
    begun.remove(block.partition());
    settled.put(block.partition(), block.nextPosition());
    pool.give(block);
  }

  private @Nullable BlockCursor first(SourcePartition partition) {
    for (SampleBlock block : waiting) {
      if (block.partition().equals(partition)) {
        return cursor(block);
      }
    }
    return null;
  }

  private BlockCursor cursor(SampleBlock first) {
    return begun.computeIfAbsent(
        first.partition(), p -> new BlockCursor(first, settled.getOrDefault(p, -1L)));
  }

  /** Pours what the journal says comes next. */
  private void cutAgain(Slot slot, BlockCursor cursor) {
    Run part = cursor.partOf(order.run());
    int room = slot.batch.rows().capacity() - slot.batch.rows().size();
    if (part == null || part.rows() > room) {
      leaveOrder("there are more " + next() + " than were recorded");
      return;
    }
    String what = next();
    cursor.pour(slot, part);
    if (cursor.usedUp()) {
      giveBack(cursor);
    }
    switch (order.poured(part)) {
      case RUN_GOES_ON, RUN_DONE -> {}
      case BATCH_DONE -> closeAgain(slot);
      case DIFFERS -> leaveOrder("there are fewer " + what + " than were recorded");
    }
  }

  /** Closes a batch that the journal has already. */
  private void closeAgain(Slot slot) {
    boolean full = slot.batch.rows().size() == shape.size();
    count(full ? closedBySize : closedByLinger);
    open = null;
    ring.close();
  }

  private void leaveOrder(String why) {
    journal.restart(order.abandon(), why);
    if (open != null && open.batch.rows().size() == shape.size()) {
      close(closedBySize); // nothing may be poured into a full batch
    }
  }

  private @Nullable Slot open() {
    if (open == null) {
      open = ring.claim();
      openedAtMillis = assembly.now(TimeUnit.MILLISECONDS);
    }
    return open;
  }

  private void close(AtomicLong closed) {
    count(closed);
    record();
    open = null;
    ring.close();
  }

  private static void count(AtomicLong closed) {
    closed.lazySet(closed.getPlain() + 1);
  }

  private void record() {
    if (open != null && open.hasContent()) {
      journal.add(open.runs);
    }
  }

  private void closeIfLingered() {
    if (open == null || !order.isOver() || !caughtUp || lingering || over) {
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
      slot.clear();
    }
    slot.end = reason;
    over = true;
    if (slot.hasContent()) {
      closedByEnd.incrementAndGet();
    }
    record();
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
    public void handingOver() {
      journal.handOver();
    }

    @Override
    public void noMoreWanted() {
      stop();
    }
  }
}
