package io.headrace.ingest.push;

import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.ChunkPool;
import io.headrace.ingest.RecordChunk;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import reactor.core.publisher.FluxSink;

/**
 * One subscription: the thread that reads the log and emits while there is demand. When it has
 * given all there is, the last chunk says that the source is caught up.
 */
final class LogReading implements Runnable {
  private final LogReader reader;
  private final ChunkPool pool;
  private final FluxSink<RecordChunk> sink;
  private final Semaphore wake = new Semaphore(1);
  private volatile long position;
  private boolean told;

  LogReading(LogReader reader, ChunkPool pool, FluxSink<RecordChunk> sink) {
    this.reader = reader;
    this.pool = pool;
    this.sink = sink;
    position = reader.position();
  }

  void start() {
    sink.onRequest(n -> wakeUp());
    sink.onDispose(this::wakeUp);
    var thread = new Thread(this, "headrace-push-read");
    thread.setDaemon(true);
    thread.start();
  }

  /** Says that there may be something to do: records, demand, or the end. */
  void wakeUp() {
    wake.release();
  }

  /** Position of the next record to be emitted. */
  long position() {
    return position;
  }

  @Override
  public void run() {
    try (reader) {
      while (!sink.isCancelled()) {
        if (sink.requestedFromDownstream() == 0 || !emit()) {
          wake.acquireUninterruptibly();
          wake.drainPermits();
        }
      }
    } catch (IOException | RuntimeException e) {
      sink.error(
          new HeadraceException(
              "Reading the log of pushed samples failed: %s. Check the disk.".formatted(e), e));
    }
  }

  /** Emits a chunk; false if there is nothing to say. */
  private boolean emit() throws IOException {
    RecordChunk chunk = pool.take();
    boolean filled = false;
    try {
      filled = reader.fill(chunk);
    } finally {
      if (!filled && told) {
        chunk.release();
      }
    }
    if (!filled && told) {
      return false;
    }
    told = reader.caughtUp();
    if (told) {
      chunk.markCaughtUp();
    }
    position = reader.position();
    sink.next(chunk);
    return true;
  }
}
