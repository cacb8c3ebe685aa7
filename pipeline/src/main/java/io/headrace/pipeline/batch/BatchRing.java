package io.headrace.pipeline.batch;

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.ExceptionHandler;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleSchema;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The ring of batches and the thread that hands them over. One producer at a time claims a slot,
 * fills it, closes it and hands it over; nothing here ever waits for room.
 */
final class BatchRing implements EventHandler<Slot>, ExceptionHandler<Slot> {
  /** Is told on the handler's thread, but for {@link #handingOver}; must not block. */
  interface Listener {
    /** A producer that found no room may try again. */
    void roomAgain();

    /** Closed slots are about to be handed over: on the producer's thread, where it may block. */
    void handingOver();

    /** No batch will be handed over any more. */
    void noMoreWanted();
  }

  private static final long NONE = -1;

  private final BatchHandler handler;
  private final Listener listener;
  private final Disruptor<Slot> disruptor;
  private final RingBuffer<Slot> ring;
  private final int enoughRoom;
  private final AtomicBoolean producerWaits = new AtomicBoolean();
  private final CompletableFuture<StreamEnd> end = new CompletableFuture<>();
  private Sequence handled = new Sequence();
  private boolean wanted = true;
  private boolean over;
  private long claimed = NONE;
  private long closed = NONE;

  BatchRing(SampleSchema schema, BatchShape shape, BatchHandler handler, Listener listener) {
    this.handler = handler;
    this.listener = listener;
    this.enoughRoom = shape.ringSlots() / 2;
    this.disruptor =
        new Disruptor<>(
            () -> new Slot(new MiniBatch(schema, shape.size())),
            shape.ringSlots(),
            task -> Thread.ofPlatform().name("headrace-trainer").daemon().unstarted(task),
            ProducerType.SINGLE,
            new BlockingWaitStrategy());
    this.ring = disruptor.getRingBuffer();
    disruptor.setDefaultExceptionHandler(this);
    disruptor.handleEventsWith(this);
  }

  void start() {
    disruptor.start();
  }

  /** The next slot, emptied, or null if all are taken; the listener then hears of room. */
  @Nullable Slot claim() {
    claimed = tryNext();
    if (claimed == NONE) {
      handOver();
      producerWaits.set(true);
      claimed = tryNext();
      if (claimed == NONE) {
        return null;
      }
      producerWaits.set(false);
    }
    Slot slot = ring.get(claimed);
    slot.clear();
    return slot;
  }

  /** Ends the claimed slot; it is handed over by {@link #handOver} at the latest. */
  void close() {
    closed = claimed;
  }

  /** Hands all closed slots over. One call for several slots wakes the handler's thread once. */
  void handOver() {
    if (closed != NONE) {
      listener.handingOver();
      ring.publish(closed);
      closed = NONE;
    }
  }

  /** Why there are no more batches, once the last one is handled; never completes with a fault. */
  CompletableFuture<StreamEnd> end() {
    return end;
  }

  int occupied() {
    long behind = ring.getCursor() - handled.get();
    return Math.clamp(behind, 0, ring.getBufferSize());
  }

  @Override
  public void setSequenceCallback(Sequence sequence) {
    handled = sequence;
  }

  @Override
  public void onEvent(Slot slot, long sequence, boolean endOfBatch) {
    if (over) {
      return;
    }
    if (wanted && slot.hasContent()) {
      wanted = handler.onBatch(slot.batch);
      if (!wanted) {
        listener.noMoreWanted();
      }
    }
    if (wanted && slot.handsOver) {
      handler.onHandOver();
    }
    if (slot.end != null) {
      finish(wanted ? slot.end : new StreamEnd.Stopped());
      return;
    }
    handled.setVolatile(sequence);
    if (producerWaits.get() && occupied() <= enoughRoom && producerWaits.getAndSet(false)) {
      listener.roomAgain();
    }
  }

  private void finish(StreamEnd reason) {
    over = true;
    handler.onEnd(reason);
    disruptor.halt();
    end.complete(reason);
  }

  /** The processor would go on with the next slot after this returns: {@code over} prevents it. */
  @Override
  public void handleEventException(Throwable fault, long sequence, Slot slot) {
    over = true;
    disruptor.halt();
    listener.noMoreWanted();
    end.complete(new StreamEnd.Failed(fault));
  }

  @Override
  public void handleOnStartException(Throwable fault) {
    throw new IllegalStateException("onStart is not used", fault);
  }

  @Override
  public void handleOnShutdownException(Throwable fault) {
    throw new IllegalStateException("onShutdown is not used", fault);
  }

  private long tryNext() {
    try {
      return ring.tryNext();
    } catch (InsufficientCapacityException full) {
      return NONE;
    }
  }
}
