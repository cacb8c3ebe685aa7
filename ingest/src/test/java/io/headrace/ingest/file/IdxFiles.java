package io.headrace.ingest.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes IDX files for tests. */
final class IdxFiles {
  private IdxFiles() {}

  /** A file that says it has the given sizes, and then has {@code content}. */
  static void write(Path file, byte[] content, int... sizes) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * sizes.length + content.length);
    bytes.putInt(0x800 + sizes.length);
    for (int size : sizes) {
      bytes.putInt(size);
    }
    bytes.put(content);
    Files.write(file, bytes.array());
  }
}
