package io.headrace.app.produce;

import io.headrace.engine.error.HeadraceException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The lines of a text file, each a record; empty lines are left out. Not thread-safe. */
final class LineRecordFile implements RecordFile {
  private final Path file;
  private final BufferedReader reader;
  private @Nullable String next;

  /**
   * @param headerLines lines at the beginning that are no records
   */
  LineRecordFile(Path file, int headerLines) {
    this.file = file;
    try {
      // ISO-8859-1 keeps every byte as it is, whatever the file's own encoding.
      this.reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1);
      for (int i = 0; i < headerLines; i++) {
        reader.readLine();
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == null || next.isEmpty()) {
        next = reader.readLine();
        if (next == null) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public byte[] next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException("no more lines in " + file);
    }
    byte[] line = next.getBytes(StandardCharsets.ISO_8859_1);
    next = null;
    return line;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private HeadraceException unreadable(IOException e) {
    return new HeadraceException("%s cannot be read: %s.".formatted(file, e.getMessage()), e);
  }
}
