package io.headrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.SourcePartition;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkPoolTest {
  private final ChunkPool pool = new ChunkPool();

  @Test
  void givesAReleasedChunkOutAgainEmpty() {
    RecordChunk chunk = pool.take();
    chunk.start(new SourcePartition("t", 1), 5);
    chunk.addFault(RejectionReason.MALFORMED, "why", 5, 0);
    chunk.markCaughtUp();
    chunk.header(List.of("a"));
    chunk.release();
    RecordChunk again = pool.take();
    again.start(new SourcePartition("t", 2), 9);
    again.addReserved(0, 9, 0);
    assertThat(again).isSameAs(chunk);
    assertThat(again.fault(0)).isNull();
    assertThat(again.header()).isNull();
    assertThat(again.caughtUp()).isFalse();
    assertThat(again.nextPosition()).isEqualTo(10);
    assertThat(pool.outstanding()).isEqualTo(1);
  }

  @Test
  void doesNotKeepMoreIdleMemoryThanItsBound() {
    List<RecordChunk> chunks = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      RecordChunk chunk = pool.take();
      assertThat(chunk.reserve(10 << 20)).hasSizeGreaterThanOrEqualTo(10 << 20);
      chunks.add(chunk);
    }
    chunks.forEach(RecordChunk::release);
    assertThat(pool.outstanding()).isZero();
    assertThat(pool.idleBytes()).isBetween(50L << 20, 64L << 20);
  }
}
