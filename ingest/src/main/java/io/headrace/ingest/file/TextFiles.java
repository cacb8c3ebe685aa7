package io.headrace.ingest.file;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads whole texts, for what has to be known of them before a job starts. Stateless. */
public final class TextFiles {
  private TextFiles() {}

  /**
   * Gives the bytes of each file to {@code text}.
   *
   * @param path a file, a glob, or a folder: the files of its folders, or its own if it has none
   * @throws HeadraceException if there is no file, or one cannot be read
   */
  public static void read(Path baseDirectory, String path, Consumer<byte[]> text) {
    for (Path file : ClassFolders.found(baseDirectory, path).parts()) {
      try {
        text.accept(Files.readAllBytes(file));
      } catch (IOException e) {
        throw new HeadraceException("reading " + file + " failed: " + e, e);
      }
    }
  }
}
