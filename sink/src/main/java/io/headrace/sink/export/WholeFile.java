package io.headrace.sink.export;

import io.headrace.engine.error.HeadraceException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that appear when they are whole. */
final class WholeFile {
  /** Writes the bytes of a file. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private WholeFile() {}

  /**
   * Writes beside {@code file} and renames.
   *
   * @throws HeadraceException if that fails; nothing is left behind then
   */
  static void write(Path file, Content content) {
    Path beside = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(beside))) {
        content.writeTo(out);
      }
      Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      discard(beside);
      throw new HeadraceException(
          "%s cannot be written: %s. Name a file in a folder that exists and may be written to."
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static void discard(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // the fault that led here is the one to be told
    }
  }
}
