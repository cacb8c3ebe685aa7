package io.headrace.ingest.file;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What tells a file apart that a followed path was: kept as positions of partitions without
 * records, so that ledger, checkpoints and batch journal hold it like every other position. There
 * are two places, taken in turn; the one with the greatest start that is not behind the position
 * counts. Immutable.
 *
 * @param place 0 or 1
 * @param start position of the file's first byte
 * @param key checksum of the file system's name for the file, which renaming leaves as it is
 * @param head how the file begins
 */
record FollowedMarks(int place, long start, long key, FileHead head) {
  private static final String START = ":start";
  private static final String KEY = ":key";
  private static final String HEAD = ":head";

  /** A position without records. */
  record Mark(SourcePartition partition, long position) {}

  /** The marks, in the order in which they have to become known: the start makes them count. */
  List<Mark> all(String source) {
    return List.of(
        new Mark(new SourcePartition(source + KEY, place), key),
        new Mark(new SourcePartition(source + HEAD, place), head.number()),
        new Mark(new SourcePartition(source + START, place), start));
  }

  /** The marks of the file that {@code position} lies in. */
  static Optional<FollowedMarks> at(String source, long position, Positions from) {
    return Stream.of(of(source, 0, from), of(source, 1, from))
        .flatMap(Optional::stream)
        .filter(marks -> marks.start <= position)
        .max(Comparator.comparingLong(FollowedMarks::start));
  }

  /** What is known at a place. */
  static Optional<FollowedMarks> of(String source, int place, Positions from) {
    OptionalLong start = from.of(new SourcePartition(source + START, place));
    OptionalLong key = from.of(new SourcePartition(source + KEY, place));
    OptionalLong head = from.of(new SourcePartition(source + HEAD, place));
    return start.isEmpty() || key.isEmpty() || head.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new FollowedMarks(
                place, start.getAsLong(), key.getAsLong(), FileHead.of(head.getAsLong())));
  }

  /** Up to this file, which was last written at {@code modified}. */
  Rotations.Left left(FileTime modified) {
    return new Rotations.Left(modified, Set.of(key), Set.of(head));
  }
}
