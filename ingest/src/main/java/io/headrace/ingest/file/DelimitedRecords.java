package io.headrace.ingest.file;

import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records that end with a line break, without it. Blank lines are no records. A record that is too
 * large, or whose quote is never closed, is a fault; reading goes on in the next line.
 */
final class DelimitedRecords implements FileRecords {
  private static final Logger LOG = LoggerFactory.getLogger(FileSampleSource.class);
  private static final int CHUNK_BYTES = 256 << 10;

  private enum Found {
    RECORD,
    TOO_LARGE,
    QUOTE_NOT_CLOSED,
    DAMAGED,
    LATER,
    END
  }

  private final SourceFile file;
  private final RecordEnds ends;
  private final FileLimits limits;
  private final long from;
  private final ByteWindow window;
  private final @Nullable List<String> header;
  private int recordStart;
  private int recordEnd;
  private long position;
  private boolean damageTold;
  private boolean caughtUpTold;

  DelimitedRecords(SourceFile file, FileFormat format, FileLimits limits, long from)
      throws IOException {
    this.file = file;
    this.limits = limits;
    this.from = from;
    window = new ByteWindow(file);
    ends =
        format instanceof FileFormat.Csv csv
            ? new RecordEnds.Csv(csv.delimiter())
            : new RecordEnds.Lines();
    passByteOrderMark();
    caughtUpTold = true; // a header is waited for
    header = format instanceof FileFormat.Csv csv && csv.header() ? readHeader(csv) : null;
    caughtUpTold = false;
  }

  @Override
  public boolean read(RecordChunk chunk) throws IOException {
    chunk.start(file.partition(), Math.max(position, from));
    chunk.header(header);
    while (chunk.count() < limits.chunkRows() && chunk.filled() < CHUNK_BYTES) {
      Found found = next();
      if (found == Found.END) {
        return ended(chunk);
      }
      if (found == Found.LATER) {
        chunk.markCaughtUp();
        caughtUpTold = true;
        return true;
      }
      if (position >= from) {
        add(found, chunk);
      } else if (found == Found.DAMAGED) {
        damageTold = true;
      }
      position++;
    }
    return true;
  }

  private boolean ended(RecordChunk chunk) {
    if (position < from) {
      throw FileRecords.shrunk(file, position, from);
    }
    if (position == 0) {
      LOG.warn("{} has no records", file.path());
    }
    return chunk.count() > 0;
  }

  private void add(Found found, RecordChunk chunk) {
    switch (found) {
      case RECORD -> chunk.add(window.bytes(), recordStart, recordEnd - recordStart, position, 0);
      case TOO_LARGE ->
          chunk.addFault(
              RejectionReason.TOO_LARGE,
              place() + " is larger than max-record-bytes, " + limits.maxRecordBytes(),
              position,
              0);
      case QUOTE_NOT_CLOSED ->
          chunk.addFault(
              RejectionReason.MALFORMED,
              place() + " opens a quote that is never closed",
              position,
              0);
      case DAMAGED -> {
        damageTold = true;
        chunk.addFault(
            RejectionReason.MALFORMED,
            place() + " and what is behind it cannot be unpacked: " + window.damage(),
            position,
            0);
      }
      case LATER, END -> throw new IllegalStateException("nothing to add");
    }
  }

  private String place() {
    return file.name() + ": record " + position;
  }

  /** Finds the next record that is not a blank line. */
  private Found next() throws IOException {
    Found found;
    do {
      found = nextLine();
    } while (found == Found.RECORD && recordStart == recordEnd);
    return found;
  }

  private Found nextLine() throws IOException {
    ends.begin();
    int scanned = window.start();
    while (true) {
      int past = ends.find(window.bytes(), scanned, window.limit());
      if (past >= 0) {
        return take(past);
      }
      int length = window.limit() - window.start();
      if (length > limits.maxRecordBytes()) {
        return giveUp(Found.TOO_LARGE);
      }
      if (!caughtUpTold && window.isDry()) {
        return Found.LATER;
      }
      caughtUpTold = false;
      if (!window.readMore()) {
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
    return recordEnd - recordStart > limits.maxRecordBytes() ? Found.TOO_LARGE : Found.RECORD;
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
    Found found = ends.quoted() ? Found.QUOTE_NOT_CLOSED : otherwise;
    int past = RecordEnds.pastLineFeed(window.bytes(), window.start(), window.limit());
    if (past < 0 && found == Found.QUOTE_NOT_CLOSED && otherwise == Found.TOO_LARGE) {
      found = Found.TOO_LARGE;
    }
    while (past < 0) {
      window.moveTo(window.limit());
      if (!window.readMore()) {
        return found;
      }
      past = RecordEnds.pastLineFeed(window.bytes(), window.start(), window.limit());
    }
    window.moveTo(past);
    return found;
  }

  private void passByteOrderMark() throws IOException {
    while (window.limit() < 3 && window.readMore()) {
      // Three bytes come at once, but for odd file systems.
    }
    byte[] b = window.bytes();
    boolean marked = b[0] == (byte) 0xef && b[1] == (byte) 0xbb && b[2] == (byte) 0xbf;
    if (window.limit() >= 3 && marked) {
      window.moveTo(3);
    }
  }

  private @Nullable List<String> readHeader(FileFormat.Csv csv) throws IOException {
    return switch (next()) {
      case END, LATER, DAMAGED -> null;
      case RECORD -> {
        int length = recordEnd - recordStart;
        yield CsvHeader.columns(
            new String(window.bytes(), recordStart, length, StandardCharsets.UTF_8),
            csv.delimiter());
      }
      case TOO_LARGE, QUOTE_NOT_CLOSED ->
          throw new HeadraceException(
              file.path()
                  + ": the first line cannot be read as names of columns. If the file has no"
                  + " header line, set header: false and name its columns");
    };
  }

  @Override
  public void close() throws IOException {
    window.close();
  }
}
