package io.headrace.pipeline.decode;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.Rejections;
import io.headrace.ingest.SampleDecoder;
import io.headrace.pipeline.batch.BlockPool;
import io.headrace.pipeline.trace.ChunkTrace;
import io.headrace.pipeline.trace.ChunkTraces;
import io.headrace.pipeline.transform.Transform;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Decodes and transforms chunks on several threads and gives their blocks in the order of the
 * chunks. A chunk goes back to its source as soon as it is decoded. Thread-safe; transforms and
 * rejections are called on every decoding thread.
 */
public final class DecodeStage {
  /** Chunks that an average is over. */
  private static final int LATELY = 32;

  private final Supplier<SampleDecoder> decoders;
  private final Queue<SampleDecoder> idleDecoders = new ConcurrentLinkedQueue<>();
  private final List<Transform> transforms;
  private final Rejections rejections;
  private final BlockPool pool;
  private final ChunkTraces traces;
  private volatile double nanosPerRecord;

  /**
   * @param decoders makes a decoder for each thread that has none
   * @param transforms applied to each block, in this order
   * @param traces told where a chunk is
   */
  public DecodeStage(
      Supplier<SampleDecoder> decoders,
      List<Transform> transforms,
      Rejections rejections,
      BlockPool pool,
      ChunkTraces traces) {
    this.decoders = decoders;
    this.transforms = List.copyOf(transforms);
    this.rejections = rejections;
    this.pool = pool;
    this.traces = traces;
  }

  /** The blocks of {@code chunks}; {@code 2 * threads} chunks and blocks at most are in here. */
  public Flux<SampleBlock> blocks(Flux<RecordChunk> chunks, Scheduler scheduler, int threads) {
    return chunks.flatMapSequential(
        chunk -> Mono.fromCallable(() -> decode(chunk)).subscribeOn(scheduler), 2 * threads);
  }

  /** What decoding and transforming a record takes a thread, averaged over the last chunks. */
  public double nanosPerRecord() {
    return nanosPerRecord;
  }

  private SampleBlock decode(RecordChunk chunk) {
    long begun = System.nanoTime();
    ChunkTrace trace = traces.decoding(chunk);
    SampleDecoder idle = idleDecoders.poll();
    SampleDecoder decoder = idle == null ? decoders.get() : idle;
    SampleBlock block = pool.take(chunk.count());
    long first = chunk.count() == 0 ? chunk.nextPosition() : chunk.position(0);
    try {
      if (chunk.shuffled()) {
        block.startShuffled(chunk.partition(), chunk.firstPosition());
      } else {
        block.start(chunk.partition(), first);
      }
      decoder.decode(chunk, block, rejections);
      checkAccount(chunk, block);
      block.settleUpTo(chunk.nextPosition());
      block.lose(chunk.lost());
      if (chunk.caughtUp()) {
        block.markCaughtUp();
      }
      for (Transform transform : transforms) {
        transform.apply(block);
      }
    } catch (RuntimeException fault) {
      throw new HeadraceException(
          "The records of %s from position %d on could not be decoded: %s"
              .formatted(chunk.partition(), first, fault.getMessage()),
          fault);
    } finally {
      chunk.release();
    }
    idleDecoders.add(decoder);
    if (trace != null) {
      trace.decoded(block);
    }
    if (chunk.count() > 0) {
      took(System.nanoTime() - begun, chunk.count());
    }
    return block;
  }

  private synchronized void took(long nanos, int records) {
    double each = (double) nanos / records;
    nanosPerRecord = nanosPerRecord == 0 ? each : nanosPerRecord + (each - nanosPerRecord) / LATELY;
  }

  private static void checkAccount(RecordChunk chunk, SampleBlock block) {
    int settled = block.size() + block.rejected() + block.filtered();
    if (settled != chunk.count() - chunk.skipped()) {
      throw new IllegalStateException(
          "the decoder accounts for %d of %d records"
              .formatted(settled, chunk.count() - chunk.skipped()));
    }
  }
}
