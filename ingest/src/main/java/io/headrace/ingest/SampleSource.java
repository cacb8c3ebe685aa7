package io.headrace.ingest;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import reactor.core.publisher.Flux;

/**
 * Where raw records come from. The stream it gives is cold, emits only what was requested, closes
 * what it opened when it is cancelled, and completes only if the source is finite.
 */
public interface SampleSource {
  /**
   * Records from {@code from} on; partitions that {@code from} does not name start where the source
   * is configured to. An element may be without records: it then only moves its partition's
   * position, or says that the source is caught up.
   */
  Flux<RecordChunk> chunks(Positions from);

  /**
   * Says that nothing before {@code oldest} will be asked for again, because every checkpoint that
   * is kept is at or behind it. A source may let it go. Any thread may call.
   */
  default void keepFrom(Positions oldest) {}

  /**
   * The same, but records of partitions that are held are not emitted while they are: those of the
   * others go on. Sources of a single partition do not look at it.
   *
   * @param held of this subscription alone
   */
  default Flux<RecordChunk> chunks(Positions from, HeldPartitions held) {
    return chunks(from);
  }

  /**
   * Tells, before records are asked for, a position that an earlier run recorded behind those that
   * reading goes on from, in the order of recording. Sources whose order is nobody's choice do not
   * look at it.
   */
  default void recorded(SourcePartition partition, long position) {}
}
