package io.headrace.ingest;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.OptionalLong;

/**
 * A source that may read a part of its partitions while other processes read the rest, and whose
 * part changes as they come and go. Thread-safe.
 */
public interface GroupMember {
  /** Who learns from the source, and so decides when a partition may be given away. */
  interface Learner {
    /** Learns and keeps nothing: whatever was emitted stays as it is. */
    Learner NONE =
        new Learner() {
          @Override
          public Settled settle(Positions emitted, Duration wait) {
            return new Settled(Positions.START, true);
          }

          @Override
          public OptionalLong first(SourcePartition partition) {
            return OptionalLong.empty();
          }

          @Override
          public void passOver(SourcePartition partition, long from, long to) {}
        };

    /**
     * Has everything emitted before {@code emitted} learned and covered by a durable checkpoint,
     * and waits for it: at most {@code wait}, and not once it has failed or nothing will be learned
     * any more. On the source's thread, which emits nothing meanwhile.
     */
    Settled settle(Positions emitted, Duration wait);

    /**
     * Where the model began a partition, in whichever run; empty if it did not, as far as known.
     */
    OptionalLong first(SourcePartition partition);

    /**
     * Says that the records of {@code partition} from {@code from} up to {@code to} are in the
     * model of another member, and that the next ones to be emitted lie behind them.
     */
    void passOver(SourcePartition partition, long from, long to);
  }

  /**
   * How far a learner is.
   *
   * @param covered what a durable checkpoint covers
   * @param over whether nothing will be learned behind that
   */
  record Settled(Positions covered, boolean over) {}

  /**
   * Says for whom the source reads. To be called before it is read.
   *
   * @param lineage tells one model, from its first step on and through all its restarts, from every
   *     other; see {@link #newLineage}
   */
  void join(String lineage, Learner learner);

  /**
   * Returns when the partitions are given back, which they are once the stream has ended and the
   * learner is over; it does not wait forever.
   */
  void leave();

  /** A lineage that nobody had before: 16 hexadecimal digits. */
  static String newLineage() {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
