package io.headrace.pipeline;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.HeldPartitions;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;

/**
 * Several partitions of {@code count} records each, in chunks of any size that arrive in any order:
 * another one for each seed. Partition 0 no longer has its positions from {@link #GONE_FROM} up to
 * {@code goneTo}.
 */
record ManyPartitions(int partitions, long count, long seed, long goneTo) implements SampleSource {
  static final long GONE_FROM = 400;

  ManyPartitions(int partitions, long count, long seed) {
    this(partitions, count, seed, GONE_FROM);
  }

  static SourcePartition partition(int number) {
    return new SourcePartition("counted", number);
  }

  @Override
  public Flux<RecordChunk> chunks(Positions from) {
    return chunks(from, new HeldPartitions());
  }

  @Override
  public Flux<RecordChunk> chunks(Positions from, HeldPartitions held) {
    var random = new Random(seed);
    long[] next =
        IntStream.range(0, partitions).mapToLong(p -> from.of(partition(p)).orElse(0)).toArray();
    return Flux.generate(
        sink -> {
          int[] left = IntStream.range(0, partitions).filter(p -> next[p] < count).toArray();
          if (left.length == 0) {
            sink.complete();
            return;
          }
          int[] wanted = IntStream.of(left).filter(p -> !held.isHeld(partition(p))).toArray();
          int[] some = wanted.length == 0 ? left : wanted;
          int p = some[random.nextInt(some.length)];
          long end = Math.min(count, next[p] + 1 + random.nextInt(40));
          if (p == 0 && next[0] >= GONE_FROM && next[0] < goneTo) {
            end = goneTo;
            sink.next(gone(next[0], end));
          } else {
            end = p == 0 && next[0] < GONE_FROM ? Math.min(end, GONE_FROM) : end;
            sink.next(chunk(p, next[p], end));
          }
          next[p] = end;
        });
  }

  private static RecordChunk gone(long from, long to) {
    RecordChunk chunk = chunk(0, to, to);
    chunk.lose(to - from);
    return chunk;
  }

  static RecordChunk chunk(int partition, long from, long to) {
    var chunk = new RecordChunk(_ -> {});
    chunk.start(partition(partition), from);
    for (long position = from; position < to; position++) {
      long unique = position + 1_000_000L * partition;
      byte[] record = ByteBuffer.allocate(Long.BYTES).putLong(unique).array();
      chunk.add(record, 0, record.length, position, 0);
    }
    return chunk;
  }
}
