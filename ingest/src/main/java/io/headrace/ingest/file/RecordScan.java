package io.headrace.ingest.file;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records of a file, one after the other, in a window over its bytes: records end with a
 * line break and are without it; blank lines are none. Not thread-safe.
 */
final class RecordScan {
  /** What {@link #next} came upon. */
  enum Found {
    RECORD,
    TOO_LARGE,
    QUOTE_NOT_CLOSED,
    DAMAGED,
    /** There may be more, but not now. */
    LATER,
    END
  }

  private final ByteWindow window;
  private final RecordEnds ends;
  private final int maxRecordBytes;
  private boolean growing;
  private int recordStart;
  private int recordEnd;
  private long recordOffset;
  private boolean caughtUpTold;
  private boolean damageTold;
  private @Nullable Found givenUp;

  /**
   * @param growing whether the file's end is not its last, so that a line that it cuts off waits;
   *     see {@link #endsHere}
   */
  RecordScan(ByteWindow window, FileFormat format, int maxRecordBytes, boolean growing) {
    this.window = window;
    this.maxRecordBytes = maxRecordBytes;
    this.growing = growing;
    ends =
        format instanceof FileFormat.Csv csv
            ? new RecordEnds.Csv(csv.delimiter())
            : new RecordEnds.Lines();
  }

  /** Where the record begins in the window's bytes. */
  int start() {
    return recordStart;
  }

  /** Just past the record's last byte. */
  int end() {
    return recordEnd;
  }

  /** Byte of the file, unpacked, at which what was found begins. */
  long offset() {
    return recordOffset;
  }

  /** Up to where everything was found, so that searching may go on there. */
  long settled() {
    return givenUp == null ? window.offset() : recordOffset;
  }

  /** Says that what is there now is all that there will be. */
  void endsHere() {
    growing = false;
  }

  /** Waits once for whoever writes, where {@link Found#LATER} would be told. */
  void waitOnce() {
    caughtUpTold = true;
  }

  /** Has {@link Found#LATER} told again. */
  void tellLater() {
    caughtUpTold = false;
  }

  /** Whether damage, of which nothing more can be said, does not have to be told. */
  void passDamage() {
    damageTold = true;
  }

  /** Finds the next record that is not a blank line. */
  Found next() throws IOException {
    Found found;
    do {
      found = nextLine();
    } while (found == Found.RECORD && recordStart == recordEnd);
    return found;
  }

  private Found nextLine() throws IOException {
    if (givenUp != null) {
      return passLine(givenUp);
    }
    ends.begin();
    recordOffset = window.offset();
    int scanned = window.start();
    while (true) {
      int past = ends.find(window.bytes(), scanned, window.limit());
      if (past >= 0) {
        return take(past);
      }
      int length = window.limit() - window.start();
      if (length > maxRecordBytes) {
        return giveUp(Found.TOO_LARGE);
      }
      if (!caughtUpTold && window.isDry()) {
        caughtUpTold = true;
        return Found.LATER;
      }
      caughtUpTold = false;
      if (!window.readMore()) {
        if (growing) {
          return Found.LATER;
        }
        return window.damage() != null ? damaged() : length == 0 ? Found.END : takeLast();
      }
      scanned = length;
    }
  }

  /** The record that was begun is not whole, nor is anything behind it there. */
  private Found damaged() {
    window.moveTo(window.limit());
    return damageTold ? Found.END : Found.DAMAGED;
  }

  private Found takeLast() throws IOException {
    return ends.quoted() ? giveUp(Found.QUOTE_NOT_CLOSED) : take(window.limit());
  }

  private Found take(int past) {
    recordStart = window.start();
    recordEnd = withoutLineBreak(past);
    window.moveTo(past);
    return recordEnd - recordStart > maxRecordBytes ? Found.TOO_LARGE : Found.RECORD;
  }

  private int withoutLineBreak(int past) {
    byte[] bytes = window.bytes();
    int end = past;
    if (end > recordStart && bytes[end - 1] == '\n') {
      end--;
    }
    return end > recordStart && bytes[end - 1] == '\r' ? end - 1 : end;
  }

  /** Passes over the line that a record begins with; what follows in quotes is read again. */
  private Found giveUp(Found otherwise) throws IOException {
    boolean tooLarge = otherwise == Found.TOO_LARGE;
    boolean lineEnds = RecordEnds.pastLineFeed(window.bytes(), window.start(), window.limit()) >= 0;
    return passLine(ends.quoted() && (lineEnds || !tooLarge) ? Found.QUOTE_NOT_CLOSED : otherwise);
  }

  private Found passLine(Found found) throws IOException {
    int past = RecordEnds.pastLineFeed(window.bytes(), window.start(), window.limit());
    while (past < 0) {
      window.moveTo(window.limit());
      if (!window.readMore()) {
        givenUp = growing ? found : null;
        return growing ? Found.LATER : found;
      }
      past = RecordEnds.pastLineFeed(window.bytes(), window.start(), window.limit());
    }
    givenUp = null;
    window.moveTo(past);
    return found;
  }
}
