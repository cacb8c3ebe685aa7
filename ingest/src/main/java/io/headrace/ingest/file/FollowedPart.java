package io.headrace.ingest.file;

import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.file.RecordScan.Found;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One file that a followed path is or was, open. Not thread-safe. */
final class FollowedPart implements Closeable {
  private final Rotations.Seen seen;
  private final FileHead head;
  private final @Nullable List<String> header;
  private final long from;
  private final ByteWindow window;
  private final RecordScan scan;
  private final @Nullable FileChannel channel;

  private FollowedPart(
      Rotations.Seen seen,
      Beginning beginning,
      long from,
      ByteWindow window,
      RecordScan scan,
      @Nullable FileChannel channel) {
    this.seen = seen;
    this.head = beginning.head();
    this.header = beginning.header();
    this.from = from;
    this.window = window;
    this.scan = scan;
    this.channel = channel;
  }

  /** How a file begins, up to the end of its first record. */
  private record Beginning(FileHead head, @Nullable List<String> header, long bodyOffset) {}

  /**
   * Opens a file that may be written on.
   *
   * @param from offset of the first record to be given, or just behind that of the last one given
   * @return null if its first record is not whole yet, or another file has its name by now
   */
  static @Nullable FollowedPart growing(
      Rotations.Seen seen, FileFormat format, FileLimits limits, long from) throws IOException {
    FileChannel channel = FileChannel.open(seen.path());
    try {
      Beginning beginning = beginning(seen, Channels.newInputStream(channel), format, limits, true);
      if (beginning == null || !seen.isThere()) {
        channel.close();
        return null;
      }
      long at = Math.max(from - 1, beginning.bodyOffset());
      channel.position(at);
      var window = new ByteWindow(Channels.newInputStream(channel), at);
      var scan = new RecordScan(window, format, limits.maxRecordBytes(), true);
      return new FollowedPart(seen, beginning, from, window, scan, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Opens a file that nobody writes to any more, packed or not.
   *
   * @return null if it has no records
   */
  static @Nullable FollowedPart ended(
      Rotations.Seen seen, FileFormat format, FileLimits limits, long from) throws IOException {
    Beginning beginning;
    try (InputStream in = Rotations.unpacked(seen.path())) {
      beginning = beginning(seen, in, format, limits, false);
    }
    if (beginning == null) {
      return null;
    }
    InputStream in = Rotations.unpacked(seen.path());
    try {
      long at = Math.max(from - 1, beginning.bodyOffset());
      in.skipNBytes(at);
      var window = new ByteWindow(in, at);
      var scan = new RecordScan(window, format, limits.maxRecordBytes(), false);
      return new FollowedPart(seen, beginning, from, window, scan, null);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static @Nullable Beginning beginning(
      Rotations.Seen seen, InputStream in, FileFormat format, FileLimits limits, boolean growing)
      throws IOException {
    byte[] first = in.readNBytes(FileHead.MOST_BYTES);
    if (growing && first.length < 3) {
      return null;
    }
    if (growing && Unpacked.isPacked(first)) {
      throw new HeadraceException(
          seen.path()
              + " is packed, and what grows in it cannot be followed. Name the file that is written"
              + " to; files that it was rotated to may be packed");
    }
    var whole = new java.io.SequenceInputStream(new ByteArrayInputStream(first), in);
    var window = new ByteWindow(whole, 0);
    var scan = new RecordScan(window, format, limits.maxRecordBytes(), growing);
    window.passByteOrderMark();
    List<String> header = null;
    if (format instanceof FileFormat.Csv csv && csv.header()) {
      header =
          CsvHeader.read(SourceFile.of(seen.path().toString(), seen.path()), csv, scan, window);
      if (header == null) {
        return null;
      }
    }
    long body = window.offset();
    Found found = scan.next();
    return found == Found.LATER || found == Found.END
        ? null
        : new Beginning(FileHead.of(first, window.offset()), header, body);
  }

  Rotations.Seen seen() {
    return seen;
  }

  FileHead head() {
    return head;
  }

  @Nullable List<String> header() {
    return header;
  }

  /** Whether nothing will be added. */
  boolean isEnded() {
    return channel == null;
  }

  /** Says that what is there now is all that there will be. */
  void endsHere() {
    scan.endsHere();
  }

  /** Finds the next record that was not given before. */
  Found next() throws IOException {
    Found found = scan.next();
    while (scan.offset() < from && found != Found.LATER && found != Found.END) {
      found = scan.next();
    }
    return found;
  }

  /** Where what was found last begins. */
  long offset() {
    return scan.offset();
  }

  /** Up to where everything was found. */
  long settled() {
    return scan.settled();
  }

  /** Up to where bytes were read. */
  long readTo() {
    return window.offset() + window.limit() - window.start();
  }

  ByteWindow window() {
    return window;
  }

  RecordScan scan() {
    return scan;
  }

  /** Whether the file is still what it was, and was only added to. */
  boolean isWhole() throws IOException {
    return channel == null || (channel.size() >= readTo() && head.isOf(channel));
  }

  @Override
  public void close() throws IOException {
    window.close();
    if (channel != null) {
      channel.close();
    }
  }
}
