package io.headrace.ingest.file;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.file.RecordScan.Found;
import java.io.IOException;
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

  private final SourceFile file;
  private final FileLimits limits;
  private final long from;
  private final ByteWindow window;
  private final RecordScan scan;
  private final @Nullable List<String> header;
  private long position;

  DelimitedRecords(SourceFile file, FileFormat format, FileLimits limits, long from)
      throws IOException {
    this.file = file;
    this.limits = limits;
    this.from = from;
    window = new ByteWindow(file);
    scan = new RecordScan(window, format, limits.maxRecordBytes(), false);
    window.passByteOrderMark();
    scan.waitOnce(); // a header is waited for
    header =
        format instanceof FileFormat.Csv csv && csv.header()
            ? CsvHeader.read(file, csv, scan, window)
            : null;
    scan.tellLater();
  }

  @Override
  public boolean read(RecordChunk chunk) throws IOException {
    chunk.start(file.partition(), Math.max(position, from));
    chunk.header(header);
    while (chunk.count() < limits.chunkRows() && chunk.filled() < CHUNK_BYTES) {
      Found found = scan.next();
      if (found == Found.END) {
        return ended(chunk);
      }
      if (found == Found.LATER) {
        chunk.markCaughtUp();
        return true;
      }
      if (position >= from) {
        add(found, chunk);
      } else if (found == Found.DAMAGED) {
        scan.passDamage();
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
    chunk.placeAt(scan.offset());
    switch (found) {
      case RECORD ->
          chunk.add(window.bytes(), scan.start(), scan.end() - scan.start(), position, 0);
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
        scan.passDamage();
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

  @Override
  public void close() throws IOException {
    window.close();
  }
}
