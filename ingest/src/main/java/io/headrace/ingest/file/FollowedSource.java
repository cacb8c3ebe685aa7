package io.headrace.ingest.file;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.ingest.ChunkPool;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.SourceAlerts;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Records of a file that is written on, without end, over all files that the path is as it is
 * rotated. A position is a byte of what was ever written to the path.
 *
 * <p>Thread-safe; each subscription reads on a thread of its own, which sleeps while nothing is
 * written. Chunks belong to their receiver until released.
 */
public final class FollowedSource implements SampleSource {
  private static final Logger LOG = LoggerFactory.getLogger(FollowedSource.class);

  private final Path path;
  private final String name;
  private final FileFormat format;
  private final FileLimits limits;
  private final long pollMillis;
  private final ChunkPool pool = new ChunkPool();
  private volatile SourceAlerts alerts = (code, message) -> LOG.warn("{}", message);

  /**
   * @param baseDirectory where a relative path starts
   * @param path a file, which need not be there yet
   * @param format lines or CSV
   * @param pollMillis how long to sleep before looking again whether something was written
   */
  public FollowedSource(
      Path baseDirectory, String path, FileFormat format, FileLimits limits, long pollMillis) {
    this.path = baseDirectory.resolve(path);
    this.name = path;
    this.format = format;
    this.limits = limits;
    this.pollMillis = pollMillis;
  }

  /** Whom to tell of loss, from the next subscription on. */
  public void alertTo(SourceAlerts listener) {
    alerts = listener;
  }

  /**
   * Records from {@code from} on. The stream fails with a {@link HeadraceException} if a file
   * cannot be read, or is packed while it grows.
   */
  @Override
  public Flux<RecordChunk> chunks(Positions from) {
    return Flux.defer(
        () -> {
          Scheduler thread = Schedulers.newSingle("headrace-follow", true);
          return walk(from).subscribeOn(thread).doFinally(end -> thread.dispose());
        });
  }

  private Flux<RecordChunk> walk(Positions from) {
    return Flux.generate(
        () -> new Walk(new Follower(path, name, format, limits, from, alerts)),
        (walk, sink) -> {
          RecordChunk chunk = walk.next();
          if (chunk == null) {
            sink.complete();
          } else {
            sink.next(chunk);
          }
          return walk;
        },
        Walk::close);
  }

  /** Chunks that were emitted and not yet released. */
  public int chunksOutstanding() {
    return pool.outstanding();
  }

  /** Steps, and the sleep between them. */
  private final class Walk implements Closeable {
    private final Follower follower;

    Walk(Follower follower) {
      this.follower = follower;
    }

    /**
     * The next chunk; null if the thread was interrupted, as when the subscription is cancelled.
     */
    @Nullable RecordChunk next() {
      RecordChunk chunk = pool.take();
      boolean filled = false;
      try {
        while (!follower.step(chunk)) {
          TimeUnit.MILLISECONDS.sleep(pollMillis);
        }
        filled = true;
        return chunk;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      } catch (java.nio.channels.ClosedByInterruptException e) {
        return null;
      } catch (IOException e) {
        throw new HeadraceException("following " + path + " failed: " + e, e);
      } finally {
        if (!filled) {
          chunk.release();
        }
      }
    }

    @Override
    public void close() {
      try {
        follower.close();
      } catch (IOException e) {
        LOG.debug("closing {} failed", path, e);
      }
    }
  }
}
