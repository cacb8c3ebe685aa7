package io.headrace.sink;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import java.util.List;

/**
 * Records which records of which partitions went into which batch, in which order, so that a run
 * that is killed makes the same batches again. One thread adds; {@link #keepFrom} may be called
 * from another.
 */
public interface BatchJournal extends AutoCloseable {
  /** Records nothing and knows nothing. */
  BatchJournal NONE =
      new BatchJournal() {
        @Override
        public List<List<Run>> resume(Positions from) {
          return List.of();
        }

        @Override
        public void restart(Positions at, String why) {}

        @Override
        public void add(List<Run> batch) {}

        @Override
        public void handOver() {}

        @Override
        public void keepFrom(Positions oldest) {}

        @Override
        public void close() {}
      };

  /**
   * Records of one partition that lie together in a batch: all that were not in a batch yet, before
   * position {@code to}.
   *
   * @param rows of them that are in the batch
   * @param rejected of them that could not be read
   * @param filtered of them that were left out
   */
  record Run(SourcePartition partition, long to, int rows, int rejected, int filtered) {}

  /**
   * Call it once, before the first batch is added.
   *
   * @param from where the run goes on
   * @return the batches recorded behind {@code from}, oldest first; what is added follows the last
   */
  List<List<Run>> resume(Positions from);

  /** Whether the stream ends behind the batches that {@link #resume} gave. */
  default boolean endsThere() {
    return false;
  }

  /**
   * Says that the batches recorded behind {@code at} could not be made again: others follow.
   *
   * @param why in words, the middle of a sentence
   */
  void restart(Positions at, String why);

  /** Records a batch behind those before; durable against a kill after {@link #handOver}. */
  void add(List<Run> batch);

  /** To be called before anybody trains what was added. It never throws: see the implementation. */
  void handOver();

  /** Makes durable what was handed over, and lets go what no checkpoint at or behind this needs. */
  void keepFrom(Positions oldest);

  @Override
  void close();
}
