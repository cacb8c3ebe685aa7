package io.headrace.sink.archive;

import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the archive got between two checkpoints. Immutable.
 *
 * @param number counted from 1
 * @param step of the checkpoint that it ends at
 * @param from account where it begins; that of the end of the cut before
 * @param to account of the checkpoint
 * @param segments its files, in the order in which they were begun
 * @param missing samples by partition that were learned from and could not be written
 * @param withdrawn steps that turned out not to be learned from, of this cut and ones before
 */
public record Cut(
    long number,
    String job,
    long step,
    long createdAtMillis,
    Ledger from,
    Ledger to,
    List<Segment> segments,
    SortedMap<SourcePartition, Long> missing,
    List<Withdrawn> withdrawn) {

  /** Steps that were undone. */
  public record Withdrawn(long firstStep, long lastStep, long rows) {
    boolean has(long step) {
      return firstStep <= step && step <= lastStep;
    }
  }

  public Cut {
    segments = List.copyOf(segments);
    missing = Collections.unmodifiableSortedMap(new TreeMap<>(missing));
    withdrawn = List.copyOf(withdrawn);
  }

  /** Samples in its files. */
  public long rows() {
    return segments.stream().mapToLong(Segment::rows).sum();
  }

  /** Of its files, on the disk. */
  public long bytes() {
    return segments.stream().mapToLong(Segment::bytes).sum();
  }

  /** Samples that are in no file. */
  public long missingRows() {
    return missing.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Samples of this cut and ones before that count no more. */
  public long withdrawnRows() {
    return withdrawn.stream().mapToLong(Withdrawn::rows).sum();
  }

  /** Whether samples, gaps and what was withdrawn make what the accounts say was learned from. */
  boolean addsUp() {
    return to.trained() - from.trained() == rows() + missingRows() - withdrawnRows();
  }
}
