package io.headrace.pipeline;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.Rejections;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.SampleSource;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;

/**
 * A source in memory: {@code count} records of one partition, each its position as eight bytes, in
 * chunks of {@code chunkRecords}. Every tenth record is rejected.
 */
record CountedRecords(long count, int chunkRecords, AtomicLong chunksOut) implements SampleSource {
  static final SourcePartition PARTITION = new SourcePartition("counted", 0);
  static final int WIDTH = 4;
  static final SampleSchema SCHEMA =
      new SampleSchema(
          List.of(new SampleSchema.Input("x", new InputSpec.Dense(List.of(WIDTH)))),
          new LabelSpec.Classes(List.of("no", "yes")));

  CountedRecords(long count, int chunkRecords) {
    this(count, chunkRecords, new AtomicLong());
  }

  @Override
  public Flux<RecordChunk> chunks(Positions from) {
    return Flux.generate(
        () -> from.of(PARTITION).orElse(0),
        (position, sink) -> {
          if (position >= count) {
            sink.complete();
            return position;
          }
          long end = Math.min(count, position + chunkRecords);
          sink.next(chunk(position, end));
          return end;
        });
  }

  private RecordChunk chunk(long from, long to) {
    chunksOut.incrementAndGet();
    var chunk = new RecordChunk(_ -> chunksOut.decrementAndGet());
    chunk.start(PARTITION, from);
    for (long position = from; position < to; position++) {
      byte[] record = ByteBuffer.allocate(Long.BYTES).putLong(position).array();
      chunk.add(record, 0, record.length, position, 0);
    }
    return chunk;
  }

  /** Features and label follow from the position. */
  static final class Decoder implements SampleDecoder {
    @Override
    public void decode(RecordChunk from, SampleBlock into, Rejections rejections) {
      for (int i = 0; i < from.count(); i++) {
        long position = ByteBuffer.wrap(from.bytes()).getLong(from.start(i));
        if (position % 10 == 9) {
          into.rejectRow(from.position(i));
          rejections.reject(from, i, RejectionReason.MALFORMED, "a tenth record");
          continue;
        }
        var random = new SplittableRandom(position);
        float sum = 0;
        for (int f = 0; f < WIDTH; f++) {
          float value = (float) random.nextDouble(-1, 1);
          sum += value;
          Floats.write(into.dense(0).values(), into.dense(0).start(into.size()) + f, value);
        }
        into.commitRow(sum > 0 ? 1 : 0, 1, position, from.position(i));
      }
    }
  }
}
