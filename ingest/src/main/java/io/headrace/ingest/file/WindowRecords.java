package io.headrace.ingest.file;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.text.Utf8;
import java.io.IOException;

/**
 * Windows over a text: every {@code stride} characters, {@code length} characters and the next one.
 * A last window without a next character is no record.
 */
final class WindowRecords implements FileRecords {
  private static final int CHUNK_BYTES = 256 << 10;
  private static final int MOST_BYTES_OF_A_CHARACTER = 4;

  private final SourceFile file;
  private final FileFormat.Windows format;
  private final FileLimits limits;
  private final ByteWindow window;
  private final long from;
  private long position;
  private boolean damageTold;

  WindowRecords(SourceFile file, FileFormat.Windows format, FileLimits limits, long from)
      throws IOException {
    this.file = file;
    this.format = format;
    this.limits = limits;
    this.from = from;
    window = new ByteWindow(file);
  }

  @Override
  public boolean read(RecordChunk chunk) throws IOException {
    chunk.start(file.partition(), Math.max(position, from));
    while (chunk.count() < limits.chunkRows() && chunk.filled() < CHUNK_BYTES) {
      int end = pastCharacters(format.length() + 1);
      if (end < 0) {
        return ended(chunk);
      }
      if (position >= from) {
        chunk.placeAt(window.offset());
        chunk.add(window.bytes(), window.start(), end - window.start(), position, 0);
      }
      position++;
      int next = pastCharacters(format.stride());
      window.moveTo(next < 0 ? window.limit() : next);
    }
    return true;
  }

  private boolean ended(RecordChunk chunk) {
    if (window.damage() != null && !damageTold) {
      damageTold = true;
      if (position >= from) {
        chunk.placeAt(window.offset());
        chunk.addFault(
            RejectionReason.MALFORMED,
            "%s: what is behind record %d cannot be unpacked: %s"
                .formatted(file.name(), position - 1, window.damage()),
            position,
            0);
      }
      position++;
    }
    if (position < from) {
      throw FileRecords.shrunk(file, position, from);
    }
    return chunk.count() > 0;
  }

  /** Just past the next {@code count} characters; -1 if there are fewer. */
  private int pastCharacters(int count) throws IOException {
    long enough = (long) count * MOST_BYTES_OF_A_CHARACTER;
    while (window.limit() - window.start() < enough && window.readMore()) {
      // A file is read in large pieces.
    }
    byte[] bytes = window.bytes();
    int at = window.start();
    for (int i = 0; i < count; i++) {
      if (at == window.limit()) {
        return -1;
      }
      at += Utf8.length(bytes, at, window.limit());
    }
    return at;
  }

  @Override
  public void close() throws IOException {
    window.close();
  }
}
