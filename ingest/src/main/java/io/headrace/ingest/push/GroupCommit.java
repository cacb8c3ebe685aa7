package io.headrace.ingest.push;

import io.headrace.ingest.push.PushOutcome.Accepted;
import io.headrace.ingest.push.PushOutcome.Reason;
import io.headrace.ingest.push.PushOutcome.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes requests durable in groups, on a thread of its own: all that came while the group before
 * was written are the next one. A request whose key is known is answered as the first with that key
 * was. Thread-safe.
 */
final class GroupCommit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PushSampleSource.class);

  /** A request that waits, and who waits for it. */
  private record Waiting(PushedRequest request, CompletableFuture<PushOutcome> outcome) {}

  private final PushStore store;
  private final RememberedKeys keys;
  private final PushLimits limits;
  private final Function<Receipt, String> partitions;
  private final Runnable committed;
  private final Thread thread = new Thread(this::run, "headrace-push-commit");
  private final Map<String, Waiting> waitingByKey = new HashMap<>();
  private List<Waiting> waiting = new ArrayList<>();
  private long waitingBytes;
  private boolean closed;

  /**
   * @param partitions names the partition of a receipt
   * @param committed told, on this one's thread, that there is more to read
   */
  GroupCommit(
      PushStore store,
      RememberedKeys keys,
      PushLimits limits,
      Function<Receipt, String> partitions,
      Runnable committed) {
    this.store = store;
    this.keys = keys;
    this.limits = limits;
    this.partitions = partitions;
    this.committed = committed;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Takes a request; what is given completes once it is durable or refused. */
  synchronized CompletableFuture<PushOutcome> add(PushedRequest request) {
    if (closed) {
      return refused(Reason.UNAVAILABLE, "The job is ending. Try again once it runs.");
    }
    Receipt known = request.key().isEmpty() ? null : keys.find(request.key());
    if (known != null) {
      return CompletableFuture.completedFuture(again(request, known));
    }
    Waiting same = waitingByKey.get(request.key());
    if (same != null) {
      return same.outcome().thenApply(first -> again(request, same.request(), first));
    }
    long bytes = request.bytes();
    if (store.backlogBytes() + waitingBytes + bytes > limits.maxBacklogBytes()) {
      return refused(
          Reason.FULL,
          "%d bytes wait to be learned, max-backlog-bytes is %d. Try again a little later."
              .formatted(store.backlogBytes() + waitingBytes, limits.maxBacklogBytes()));
    }
    if (waitingBytes > 0 && waitingBytes + bytes > limits.maxWaitingBytes()) {
      return refused(
          Reason.FULL,
          "%d bytes wait to be made durable. Try again a little later.".formatted(waitingBytes));
    }
    var added = new Waiting(request, new CompletableFuture<>());
    waiting.add(added);
    waitingBytes += bytes;
    if (!request.key().isEmpty()) {
      waitingByKey.put(request.key(), added);
    }
    notifyAll();
    return added.outcome();
  }

  private PushOutcome again(PushedRequest request, Receipt known) {
    return request.bodyCrc() == known.bodyCrc() ? accepted(known, true) : reused();
  }

  private static PushOutcome again(PushedRequest request, PushedRequest first, PushOutcome of) {
    if (request.bodyCrc() != first.bodyCrc()) {
      return reused();
    }
    return of instanceof Accepted a ? new Accepted(a.partition(), a.first(), a.next(), true) : of;
  }

  private static PushOutcome reused() {
    return new Refused(
        Reason.KEY_REUSED,
        "This Idempotency-Key belongs to an earlier request with another body. Give each body a key of its own.");
  }

  private Accepted accepted(Receipt receipt, boolean duplicate) {
    return new Accepted(partitions.apply(receipt), receipt.first(), receipt.next(), duplicate);
  }

  private static CompletableFuture<PushOutcome> refused(Reason reason, String detail) {
    return CompletableFuture.completedFuture(new Refused(reason, detail));
  }

  private void run() {
    for (List<Waiting> group = take(); group != null; group = take()) {
      commit(group);
      pause();
    }
  }

  /** All that waits, once something does; null at the end. */
  private synchronized @Nullable List<Waiting> take() {
    try {
      while (waiting.isEmpty() && !closed) {
        wait();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts " + thread.getName(), e);
    }
    List<Waiting> group = waiting;
    waiting = new ArrayList<>();
    return group.isEmpty() ? null : group;
  }

  private void commit(List<Waiting> group) {
    List<PushOutcome> outcomes;
    try {
      store.prepare();
      outcomes = kept(group.stream().map(Waiting::request).toList());
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} pushed requests could not be made durable and are refused", group.size(), e);
      outcomes =
          Collections.nCopies(
              group.size(),
              new Refused(
                  Reason.UNAVAILABLE,
                  "The samples could not be made durable; the service's log says why. Try again later."));
    }
    done(group);
    committed.run();
    for (int i = 0; i < group.size(); i++) {
      group.get(i).outcome().complete(outcomes.get(i));
    }
  }

  /** Commits those whose keys are still unknown; gives what to answer to each. */
  private List<PushOutcome> kept(List<PushedRequest> group) throws IOException {
    List<Optional<Receipt>> known =
        group.stream().map(request -> Optional.ofNullable(keys.find(request.key()))).toList();
    List<PushedRequest> fresh = new ArrayList<>();
    for (int i = 0; i < group.size(); i++) {
      if (known.get(i).isEmpty()) {
        fresh.add(group.get(i));
      }
    }
    Iterator<Receipt> receipts = store.commit(fresh).iterator();
    List<PushOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < group.size(); i++) {
      PushedRequest request = group.get(i);
      outcomes.add(
          known
              .get(i)
              .map(receipt -> again(request, receipt))
              .orElseGet(() -> isKept(request, receipts.next())));
    }
    return outcomes;
  }

  private PushOutcome isKept(PushedRequest request, Receipt receipt) {
    keys.add(request.key(), receipt);
    return accepted(receipt, false);
  }

  private synchronized void done(List<Waiting> group) {
    for (Waiting one : group) {
      waitingBytes -= one.request().bytes();
      waitingByKey.remove(one.request().key());
    }
  }

  private synchronized void pause() {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limits.commitIntervalMillis());
    try {
      for (long left = until - System.nanoTime();
          left > 0 && !closed;
          left = until - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts " + thread.getName(), e);
    }
  }

  /** Commits what waits, and takes no more. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
