package io.headrace.pipeline.serve;

import io.headrace.engine.WeightsCopy;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.push.BodyRecords.Form;
import io.headrace.ingest.push.PushOutcome.Reason;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Predicts by a model while it is learned. Every so often, if the model has changed, a thread of
 * its own copies it, little by little beside the next steps, into one of two places; when that is
 * complete, requests are answered from there, and the other place is the next one's. A request is
 * answered by one of these states as a whole, never by a mixture.
 *
 * <p>Thread-safe; requests take turns. Whoever makes it closes it, before the trainer.
 */
public final class LiveModel implements ServedModel, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LiveModel.class);

  /**
   * What was asked so far.
   *
   * @param answered requests
   * @param refused requests
   * @param rows predicted
   * @param step of the copy that predicts; 0 before the first
   */
  public record Status(long answered, long refused, long rows, long step) {}

  /** Where the copies come from. */
  @FunctionalInterface
  public interface Learner {
    /**
     * Begins a copy between two steps.
     *
     * @param meanwhile called when it has begun, before the next step
     * @return false if nothing was learned since the last copy, or at all
     */
    boolean copyWeights(WeightsCopy into, Runnable meanwhile);
  }

  /** Tells how many tokens vocabularies have; called between two steps. */
  @FunctionalInterface
  public interface VocabularySizes {
    int[] now();
  }

  private final Learner learner;
  private final VocabularySizes vocabularies;
  private final RequestCounts counts = new RequestCounts();
  private final Requests requests;
  private final WeightsCopy weights = new WeightsCopy();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("headrace-serve").daemon().factory());
  private volatile long servedStep;
  private ServedCopy spare; // the thread's own
  private ServedCopy other;
  private int[] sizes = {};
  private volatile @Nullable ServedCopy current;

  /**
   * Starts to copy.
   *
   * @param refreshMillis from the end of a copy to the beginning of the next
   * @param maxRequestBytes of a request's body
   */
  public LiveModel(
      ServedParts parts,
      Learner learner,
      VocabularySizes vocabularies,
      int refreshMillis,
      int maxRequestBytes) {
    this.learner = learner;
    this.vocabularies = vocabularies;
    this.requests = new Requests(maxRequestBytes, counts);
    this.spare = new ServedCopy(parts);
    this.other = new ServedCopy(parts);
    var _ = thread.scheduleWithFixedDelay(this::refresh, 0, refreshMillis, TimeUnit.MILLISECONDS);
  }

  @Override
  public int maxRequestBytes() {
    return requests.maxBytes();
  }

  @Override
  public Prediction predict(Form form, byte[] body) {
    return requests.answer(form, body, this::predict);
  }

  @Override
  public boolean isBusy() {
    ServedCopy copy = current;
    return copy != null && copy.lock.isLocked();
  }

  public Status status() {
    return new Status(counts.answered(), counts.refused(), counts.rows(), servedStep);
  }

  private Prediction predict(Form form, List<RecordChunk> chunks) {
    for (ServedCopy copy = current; copy != null; copy = current) {
      copy.lock.lock();
      try {
        if (isCurrent(copy)) { // or it may have become another state already
          return copy.predict(form, chunks);
        }
      } finally {
        copy.lock.unlock();
      }
    }
    return new Prediction.Refused(
        Reason.UNAVAILABLE, "The model has learned nothing yet. Ask again in a moment.");
  }

  @SuppressWarnings("ReferenceEquality") // which of the two places, not what is in it
  private boolean isCurrent(ServedCopy copy) {
    return copy == current;
  }

  private void refresh() {
    try {
      if (learner.copyWeights(weights, () -> sizes = vocabularies.now())) {
        ServedCopy next = spare;
        next.lock.lock(); // a request from before the last change may still be using it
        try {
          next.take(weights, sizes);
        } finally {
          next.lock.unlock();
        }
        spare = other;
        other = next;
        current = next;
        servedStep = weights.step();
      }
    } catch (RuntimeException e) { // the next try may do better; requests get the state before
      log.warn("Predictions go on with the model of before, for it could not be copied", e);
    }
  }

  /** Ends the copying; requests are answered from the last copy. */
  @Override
  public void close() {
    thread.close();
  }
}
