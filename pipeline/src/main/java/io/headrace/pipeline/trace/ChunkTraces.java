package io.headrace.pipeline.trace;

import io.headrace.engine.sample.LedgerCounter;
import io.headrace.ingest.RecordChunk;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Follows one of so many chunks from where the source emits it to the step that learns from its
 * last row: a span {@code chunk} with one for each stage, {@code decode}, {@code assemble} (in a
 * queue, in the open batch, in the ring) and {@code train}. Nothing travels with the records: a
 * step is known to have come past a chunk by the positions of its batch. Thread-safe.
 */
public final class ChunkTraces implements AutoCloseable {
  /** Follows nothing. */
  public static final ChunkTraces NONE = new ChunkTraces(TracerProvider.noop().get(""), 0);

  /** Chunks under way at once; further ones are not followed. */
  private static final int MOST = 64;

  private final Tracer tracer;
  private final int every;
  private final AtomicLong seen = new AtomicLong();
  private final Queue<ChunkTrace> underWay = new ConcurrentLinkedQueue<>();

  /**
   * @param every one of so many chunks is followed; 0 for none
   */
  public ChunkTraces(Tracer tracer, int every) {
    this.tracer = tracer;
    this.every = every;
  }

  /** The source emits a chunk. */
  public void emitted(RecordChunk chunk) {
    if (every > 0
        && chunk.count() > 0
        && seen.getAndIncrement() % every == 0
        && underWay.size() < MOST) {
      underWay.add(new ChunkTrace(tracer, chunk));
    }
  }

  /** A decoder begins with a chunk; null if that is not followed. */
  public @Nullable ChunkTrace decoding(RecordChunk chunk) {
    for (ChunkTrace trace : underWay) {
      if (trace.follows(chunk)) {
        trace.decoding();
        return trace;
      }
    }
    return null;
  }

  /** A step begins whose batch goes as far as {@code account} says: the chunks that end in it. */
  public List<ChunkTrace> training(LedgerCounter account) {
    if (underWay.isEmpty()) {
      return List.of();
    }
    List<ChunkTrace> ending = new ArrayList<>();
    account
        .ledger()
        .positions()
        .next()
        .forEach(
            (partition, next) ->
                underWay.removeIf(trace -> trace.endsBefore(partition, next) && ending.add(trace)));
    ending.forEach(ChunkTrace::training);
    return ending;
  }

  /** Ends what is under way still. */
  @Override
  public void close() {
    for (ChunkTrace trace = underWay.poll(); trace != null; trace = underWay.poll()) {
      trace.abandoned();
    }
  }
}
