package io.headrace.pipeline;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.Snapshot;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.sink.CheckpointStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes checkpoints on one thread of its own, one at a time, while training goes on. Whoever has
 * the trainer's turn calls; {@link #awaitWritten}, {@link #newest} and {@link #failures} are for
 * any thread.
 */
final class CheckpointWriter implements AutoCloseable {
  private static final long FIRST_RETRY_MILLIS = 1_000;
  private static final long LAST_RETRY_MILLIS = 60_000;

  private final TrainingPlan plan;
  private final DurablePositions durable;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("headrace-checkpoint").daemon().factory());
  private volatile boolean writing;
  private volatile long notBeforeMillis;
  private final AtomicLong failures = new AtomicLong();
  private int failuresInTurn;

  /** Positions of stored checkpoints by name; the writing thread's own. */
  private final Map<String, Positions> written = new HashMap<>();

  private volatile CheckpointStore.@Nullable Entry newest;

  /** What is being copied, or written since, if anything. */
  private volatile @Nullable Snapshot copied;

  /**
   * @param durable told how far each checkpoint reaches, and of each that could not be written
   */
  CheckpointWriter(TrainingPlan plan, DurablePositions durable) {
    this.plan = plan;
    this.durable = durable;
  }

  /** Whether {@link #write} may be called: none is being written, and no retry is too early. */
  boolean ready() {
    return !writing && plan.clock().millis() >= notBeforeMillis;
  }

  /** Has the store prepared in the background for the first checkpoint. */
  void prepare() {
    thread.execute(() -> plan.checkpoints().prepare());
  }

  /**
   * Writes in the background. A failure is told as an alert, and {@link #ready} waits a while.
   *
   * @param best whether to mark it as the best
   * @return for {@link #join}; may be ignored
   */
  CompletableFuture<CheckpointStore.Entry> write(
      Snapshot snapshot, boolean best, Runnable ifFailed) {
    writing = true;
    copied = snapshot;
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return writeNow(snapshot, best);
          } catch (HeadraceException told) {
            ifFailed.run();
            throw told;
          } finally {
            writing = false;
          }
        },
        thread);
  }

  /**
   * Writes and returns when it is durable. The caller's thread, which learns nothing any more,
   * shares the copying.
   *
   * @param meanwhile done by the caller's thread while it is written
   * @throws HeadraceException if it could not be written
   */
  void writeLast(Snapshot snapshot, Runnable meanwhile) {
    var written = CompletableFuture.supplyAsync(() -> writeNow(snapshot, false), thread);
    try {
      snapshot.help();
      meanwhile.run();
    } finally {
      join(written);
    }
  }

  /**
   * Returns what was written once it is durable.
   *
   * @throws HeadraceException if it could not be written
   */
  static CheckpointStore.Entry join(CompletableFuture<CheckpointStore.Entry> written) {
    try {
      return written.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof HeadraceException told ? told : e;
    }
  }

  /** Returns when no checkpoint is being written in the background, and shares its copying. */
  void awaitWritten() {
    Snapshot unfinished = copied;
    if (unfinished != null) {
      unfinished.help();
    }
    try {
      CompletableFuture.runAsync(() -> {}, thread).join();
    } catch (RejectedExecutionException closed) {
      // then none is
    }
  }

  CheckpointStore.@Nullable Entry newest() {
    return newest;
  }

  long failures() {
    return failures.get();
  }

  /** Waits for a write in the background, then ends the thread. */
  @Override
  public void close() {
    thread.close();
  }

  private CheckpointStore.Entry writeNow(Snapshot snapshot, boolean best) {
    try {
      return writeNow(snapshot.finish(), best);
    } finally {
      copied = null;
      snapshot.release();
    }
  }

  private CheckpointStore.Entry writeNow(Checkpoint checkpoint, boolean best) {
    long start = System.nanoTime();
    CheckpointStore.Entry entry;
    try {
      plan.deadLetters().flush();
      plan.archive().awaitCut();
      entry = plan.checkpoints().write(checkpoint);
      if (best) {
        plan.checkpoints().markBest(entry.name());
      }
    } catch (RuntimeException fault) {
      throw failed(checkpoint, fault);
    }
    double millis = (System.nanoTime() - start) / 1e6;
    newest = entry;
    durable.cover(checkpoint.ledger().positions());
    written.put(entry.name(), checkpoint.ledger().positions());
    failuresInTurn = 0;
    notBeforeMillis = 0;
    plan.events()
        .accept(
            new TrainEvent.CheckpointWritten(
                plan.job(),
                entry.name(),
                entry.step(),
                plan.clock().millis(),
                entry.bytes(),
                millis));
    tell(checkpoint);
    try {
      letGo();
    } catch (RuntimeException fault) {
      alert(
          "not-let-go",
          "What no checkpoint needs any more was not let go: %s. Nothing is lost: it takes room until a later checkpoint is written."
              .formatted(fault.getMessage()));
    }
    return entry;
  }

  /** Journal and source are needed from the oldest checkpoint on; a damaged one keeps all. */
  private void letGo() {
    List<String> kept =
        plan.checkpoints().list().stream().map(CheckpointStore.Entry::name).toList();
    written.keySet().retainAll(kept);
    Positions oldest =
        kept.isEmpty()
            ? Positions.START
            : written.computeIfAbsent(kept.getFirst(), this::positions);
    plan.journal().keepFrom(oldest);
    plan.source().keepFrom(oldest);
  }

  private Positions positions(String name) {
    try {
      return plan.checkpoints().positions(name);
    } catch (HeadraceException damaged) {
      return Positions.START;
    }
  }

  private HeadraceException failed(Checkpoint checkpoint, RuntimeException fault) {
    long wait = Math.min(FIRST_RETRY_MILLIS << Math.min(failuresInTurn, 6), LAST_RETRY_MILLIS);
    notBeforeMillis = plan.clock().millis() + wait;
    failuresInTurn++;
    failures.incrementAndGet();
    durable.failed();
    String message =
        "The checkpoint of step %d could not be written: %s"
            .formatted(checkpoint.step(), fault.getMessage());
    alert("checkpoint-failed", message + ". Training goes on; next try in " + wait + " ms.");
    return new HeadraceException(message, fault);
  }

  private void tell(Checkpoint checkpoint) {
    try {
      plan.afterCheckpoint().accept(checkpoint.ledger().positions());
    } catch (RuntimeException fault) {
      alert(
          "commit-failed",
          "The positions of the checkpoint of step %d could not be committed: %s. Nothing is lost:"
                  .formatted(checkpoint.step(), fault.getMessage())
              + " a restart goes by the checkpoint.");
    }
  }

  private void alert(String code, String message) {
    plan.events().accept(new TrainEvent.Alert(plan.job(), code, message, plan.clock().millis()));
  }
}
