package io.headrace.pipeline;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A store that refuses the writes it is told to, or lets them wait at a gate. */
final class TroubledStore implements CheckpointStore {
  final AtomicInteger writes = new AtomicInteger();
  private final CheckpointStore store;
  private volatile int refusedFrom = Integer.MAX_VALUE;
  private volatile int refusedTo = Integer.MAX_VALUE;
  private volatile CountDownLatch gate = new CountDownLatch(0);
  final CountDownLatch waiting = new CountDownLatch(1);

  TroubledStore(CheckpointStore store) {
    this.store = store;
  }

  /** Writes are counted from 1; both bounds are refused. */
  TroubledStore refusing(int from, int to) {
    refusedFrom = from;
    refusedTo = to;
    return this;
  }

  TroubledStore gate(CountDownLatch closed) {
    gate = closed;
    return this;
  }

  @Override
  public Entry write(Checkpoint checkpoint) {
    int write = writes.incrementAndGet();
    waiting.countDown();
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (write >= refusedFrom && write <= refusedTo) {
      throw new HeadraceException("the disk is full");
    }
    return store.write(checkpoint);
  }

  @Override
  public void markBest(String name) {
    store.markBest(name);
  }

  @Override
  public Optional<String> best() {
    return store.best();
  }

  @Override
  public void hold(String name) {
    store.hold(name);
  }

  @Override
  public Optional<String> goBackTo(String name) {
    return store.goBackTo(name);
  }

  @Override
  public List<Entry> list() {
    return store.list();
  }

  @Override
  public Checkpoint read(String name) {
    return store.read(name);
  }

  @Override
  public Optional<Checkpoint> newest(Consumer<String> passedOver) {
    return store.newest(passedOver);
  }
}
