package io.headrace.ingest.file;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.SourceAlerts;
import io.headrace.ingest.file.RecordScan.Found;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One reading of a path that is written on and rotated. It takes steps and never waits: whoever
 * calls it does. Not thread-safe.
 *
 * <p>A position is a byte of all that was ever written to the path, one file behind the other. A
 * file is left once the next one has something in it, and it was read to its end after that was
 * seen.
 */
final class Follower implements Closeable {
  private static final int CHUNK_BYTES = 256 << 10;

  /** How far a file is from being left; between two of these it is read again. */
  private enum Ending {
    OPEN,
    /** The next file has something in it: nobody writes to this one any more. */
    NEXT_SEEN,
    /** What stands behind the last line break is a line, too. */
    LAST_LINE
  }

  private final Path path;
  private final SourcePartition partition;
  private final FileFormat format;
  private final FileLimits limits;
  private final SourceAlerts alerts;
  private final Rotations rotations;
  private final Queue<FollowedMarks.Mark> marks = new ArrayDeque<>();
  private Optional<FollowedMarks> resumed;
  private final Optional<FollowedMarks> previous;
  private long position;
  private long start;
  private int place;
  private @Nullable FollowedPart part;

  /** What was read before; empty if what lies between it and the path is gone. */
  private Optional<Rotations.Left> before = Optional.empty();

  private long sizeSeen;
  private Ending ending = Ending.OPEN;
  private boolean lossTold;
  private boolean caughtUp;

  /**
   * @throws IOException if the folder cannot be looked at
   * @throws HeadraceException if {@code from} is not where a followed path was left
   */
  Follower(
      Path path,
      String name,
      FileFormat format,
      FileLimits limits,
      Positions from,
      SourceAlerts alerts)
      throws IOException {
    this.path = path;
    this.format = format;
    this.limits = limits;
    this.alerts = alerts;
    partition = new SourcePartition(name, 0);
    rotations = new Rotations(path);
    OptionalLong next = from.of(partition);
    position = next.orElse(0);
    resumed = FollowedMarks.at(name, position, from);
    previous = resumed.flatMap(marks -> FollowedMarks.of(name, 1 - marks.place(), from));
    if (position > 0 && resumed.isEmpty()) {
      throw new HeadraceException(
          path
              + ": the checkpoint's position, "
              + position
              + ", is none of a followed file. Go on without follow, or start anew with --fresh");
    }
    if (resumed.isEmpty()) {
      before = Optional.of(rotations.newest()); // begins with what is at the path now
    }
  }

  /**
   * Fills the chunk with what is there.
   *
   * @return false, and the chunk is as it was, if there is nothing for now
   */
  boolean step(RecordChunk chunk) throws IOException {
    while (true) {
      FollowedMarks.Mark mark = marks.poll();
      if (mark != null) {
        chunk.start(mark.partition(), mark.position());
        caughtUp = false;
        return true;
      }
      FollowedPart open = part;
      if (open == null) {
        if (resumed.isPresent() ? takeUp(resumed.get(), chunk) : openNext()) {
          continue;
        }
        return chunkTells(chunk);
      }
      if (read(open, chunk)) {
        return true;
      }
      if (!look(open, chunk)) {
        return chunkTells(chunk);
      }
    }
  }

  /** Whether the chunk tells of loss, or that nothing is there, which is told once. */
  private boolean chunkTells(RecordChunk chunk) {
    if (lossTold) {
      lossTold = false;
      return true;
    }
    if (caughtUp) {
      return false;
    }
    caughtUp = true;
    chunk.start(partition, position);
    chunk.markCaughtUp();
    return true;
  }

  /** Opens the file that a checkpoint was taken in: whether it is open. */
  private boolean takeUp(FollowedMarks where, RecordChunk chunk) throws IOException {
    long offset = position - where.start();
    Optional<Rotations.Seen> found = rotations.find(where.key(), where.head(), offset);
    if (found.isEmpty() && Rotations.Seen.at(path).isEmpty()) {
      return false;
    }
    start = where.start();
    place = 1 - where.place();
    if (found.isEmpty()) {
      resumed = Optional.empty();
      lose(1, "the file of the checkpoint's position, " + position + ", is gone", chunk);
      return false;
    }
    Rotations.Seen file = found.get();
    Rotations.Left last = previous.orElse(where).left(file.modified());
    part =
        file.key() == where.key() && !(isBeside(file) && Unpacked.isPacked(file.path()))
            ? FollowedPart.growing(file, format, limits, offset)
            : FollowedPart.ended(file, format, limits, offset);
    if (part != null) {
      resumed = Optional.empty();
      sizeSeen = offset;
      before = Optional.of(last.then(file.modified(), file.key(), where.head()));
    }
    return part != null;
  }

  private boolean isBeside(Rotations.Seen file) {
    return !file.path().equals(path);
  }

  /** Opens the next file, if it has a record: whether it is open. */
  private boolean openNext() throws IOException {
    // What is there now is looked at before the others: it may be rotated to one of them meanwhile.
    Optional<Rotations.Seen> now = Rotations.Seen.at(path);
    try {
      if (before.isPresent()) {
        for (Rotations.Seen file : rotations.since(before.get())) {
          if (opened(FollowedPart.ended(file, format, limits, 0))) {
            return true;
          }
          before = before.map(read -> read.then(file.modified(), file.key()));
        }
      }
      return now.isPresent() && opened(FollowedPart.growing(now.get(), format, limits, 0));
    } catch (NoSuchFileException e) {
      return false; // it has another name since, or is packed: the next look finds it
    }
  }

  private boolean opened(@Nullable FollowedPart next) {
    if (next == null) {
      return false;
    }
    part = next;
    start = position;
    sizeSeen = 0;
    marks.addAll(
        new FollowedMarks(place, start, next.seen().key(), next.head()).all(partition.source()));
    place = 1 - place;
    return true;
  }

  /** Fills the chunk with records: whether there were any. */
  private boolean read(FollowedPart open, RecordChunk chunk) throws IOException {
    chunk.start(partition, position);
    chunk.header(open.header());
    while (chunk.count() < limits.chunkRows() && chunk.filled() < CHUNK_BYTES) {
      Found found = open.next();
      if (found == Found.LATER || found == Found.END) {
        break;
      }
      add(open, found, chunk);
    }
    if (chunk.count() == 0 || !open.isWhole()) {
      return false;
    }
    position = start + open.settled();
    sizeSeen = open.readTo();
    chunk.settleUpTo(position);
    caughtUp = false;
    return true;
  }

  private void add(FollowedPart open, Found found, RecordChunk chunk) {
    long at = start + open.offset();
    chunk.placeAt(open.offset());
    String place = "%s: the record at byte %d".formatted(open.seen().path(), open.offset());
    switch (found) {
      case RECORD -> {
        RecordScan scan = open.scan();
        chunk.add(open.window().bytes(), scan.start(), scan.end() - scan.start(), at, 0);
      }
      case TOO_LARGE ->
          chunk.addFault(
              RejectionReason.TOO_LARGE,
              place + " is larger than max-record-bytes, " + limits.maxRecordBytes(),
              at,
              0);
      case QUOTE_NOT_CLOSED ->
          chunk.addFault(
              RejectionReason.MALFORMED, place + " opens a quote that is never closed", at, 0);
      case DAMAGED -> {
        open.scan().passDamage();
        chunk.addFault(
            RejectionReason.MALFORMED,
            place + " and what is behind it cannot be unpacked: " + open.window().damage(),
            at,
            0);
      }
      case LATER, END -> throw new IllegalStateException("nothing to add");
    }
  }

  /** Looks what became of a file that has no more records: whether there is something to do. */
  private boolean look(FollowedPart open, RecordChunk chunk) throws IOException {
    if (open.isEnded()) {
      leave(open);
      return true;
    }
    if (!open.isWhole()) {
      return truncated(open, chunk);
    }
    sizeSeen = open.readTo();
    Optional<Rotations.Seen> now = Rotations.Seen.at(path);
    if (now.isEmpty() || now.get().key() == open.seen().key()) {
      now.ifPresent(same -> before = Optional.of(left(open, same.modified())));
      return false;
    }
    if (now.get().size() == 0 && rotations.since(left(open)).isEmpty()) {
      return false;
    }
    switch (ending) {
      case OPEN -> ending = Ending.NEXT_SEEN;
      case NEXT_SEEN -> {
        open.endsHere();
        ending = Ending.LAST_LINE;
      }
      case LAST_LINE -> leave(open);
    }
    return true;
  }

  private void leave(FollowedPart open) throws IOException {
    before = Optional.of(left(open));
    position = Math.max(position, start + open.settled());
    close(open);
  }

  private void close(FollowedPart open) throws IOException {
    part = null;
    ending = Ending.OPEN;
    open.close();
  }

  private Rotations.Left left(FollowedPart open) throws IOException {
    return left(
        open,
        rotations
            .find(open.seen().key(), open.head(), 0)
            .map(Rotations.Seen::modified)
            .orElse(before.map(Rotations.Left::modified).orElse(open.seen().modified())));
  }

  private Rotations.Left left(FollowedPart open, FileTime modified) {
    return before
        .orElse(new Rotations.Left(modified, Set.of(), Set.of()))
        .then(modified, open.seen().key(), open.head());
  }

  /** The file was cut off and is written from its beginning: a copy may hold what it was. */
  private boolean truncated(FollowedPart open, RecordChunk chunk) throws IOException {
    long offset = position - start;
    long unread = sizeSeen - offset;
    Optional<Rotations.Seen> copy = rotations.find(-1, open.head(), offset);
    close(open);
    if (copy.isPresent()) {
      part = FollowedPart.ended(copy.get(), format, limits, offset);
      return true;
    }
    before = Optional.empty();
    lose(
        Math.max(1, unread),
        path + " was cut off at byte " + offset + " or before, and no copy beside it is as long",
        chunk);
    return false;
  }

  /**
   * Makes the chunk tell of positions that are gone; how many is known only to be at least that.
   */
  private void lose(long positions, String why, RecordChunk chunk) {
    chunk.start(partition, position);
    position += positions;
    chunk.settleUpTo(position);
    chunk.lose(positions);
    lossTold = true;
    alerts.alert(
        "positions-lost",
        "%s: what was written behind it is lost, at least %d bytes, which are counted as lost positions. Rotate by renaming, and keep what was rotated longer than training may stand still"
            .formatted(why, positions));
  }

  @Override
  public void close() throws IOException {
    FollowedPart open = part;
    if (open != null) {
      close(open);
    }
  }
}
