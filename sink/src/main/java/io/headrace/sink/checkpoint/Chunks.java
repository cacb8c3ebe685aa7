package io.headrace.sink.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Memory in pieces that fit a {@link ByteBuffer}, in order and without copying. */
final class Chunks {
  private static final long CHUNK_BYTES = 1L << 26;

  private Chunks() {}

  /** Buffers over the whole of {@code data}, which must be off-heap or backed by bytes. */
  static Stream<ByteBuffer> of(MemorySegment data) {
    long chunks = (data.byteSize() + CHUNK_BYTES - 1) / CHUNK_BYTES;
    LongFunction<ByteBuffer> chunk =
        i -> {
          long from = i * CHUNK_BYTES;
          return data.asSlice(from, Math.min(CHUNK_BYTES, data.byteSize() - from)).asByteBuffer();
        };
    return LongStream.range(0, chunks).mapToObj(chunk);
  }
}
