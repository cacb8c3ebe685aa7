package io.headrace.sink;

import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SampleBlock;
import java.util.function.IntPredicate;

/**
 * Keeps the samples that were learned from, in the order in which they were. Whoever trains calls,
 * one thread at a time; {@link #awaitCut} and {@link #status} are for any thread.
 */
public interface SampleArchive extends AutoCloseable {
  /** Keeps nothing. */
  SampleArchive NONE =
      new SampleArchive() {
        @Override
        public void resume(Ledger at) {}

        @Override
        public void offer(SampleBlock batch) {}

        @Override
        public void settle(long step, IntPredicate learned) {}

        @Override
        public void withdraw(long firstStep, long lastStep, long rows) {}

        @Override
        public void cut(long step, Ledger ledger) {}

        @Override
        public void awaitCut() {}

        @Override
        public Status status() {
          return new Status(0, 0, 0, 0);
        }

        @Override
        public void close() {}
      };

  /**
   * What became of samples since the run began.
   *
   * @param samples that are in the archive, within a cut
   * @param missing that were learned from and are not, because they could not be written
   * @param bytes that the samples took on disk
   * @param waitedSeconds that training waited for the disk
   */
  record Status(long samples, long missing, long bytes, double waitedSeconds) {}

  /**
   * Goes on behind what a checkpoint covers: what lies behind it is no longer part of the archive.
   * Call it once, before anything else.
   *
   * @param at account of the checkpoint; empty where there is none
   * @throws io.headrace.engine.error.HeadraceException if the archive cannot be opened
   */
  void resume(Ledger at);

  /** Takes a copy of a batch that is about to be learned from, and so changed. */
  void offer(SampleBlock batch);

  /**
   * Says what became of the batch offered last.
   *
   * @param step in which it was learned from
   * @param learned which of its rows were; the others are forgotten
   */
  void settle(long step, IntPredicate learned);

  /**
   * Says that steps were undone: their samples count as not learned from.
   *
   * @param rows of these steps
   */
  void withdraw(long firstStep, long lastStep, long rows);

  /**
   * Ends a part of the archive where a checkpoint is taken. It never throws: a part that cannot be
   * written is a gap, which is told and recorded.
   *
   * @param step of the checkpoint
   * @param ledger of the checkpoint
   */
  void cut(long step, Ledger ledger);

  /** Returns when the last cut is durable, or is a gap: before its checkpoint is written. */
  void awaitCut();

  Status status();

  @Override
  void close();
}
