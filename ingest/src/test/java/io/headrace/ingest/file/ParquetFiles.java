package io.headrace.ingest.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The Parquet files among the test resources, which {@code make.py} beside them made. */
public final class ParquetFiles {
  private ParquetFiles() {}

  /** A file's bytes. */
  public static byte[] bytes(String name) throws IOException {
    try (InputStream in = ParquetFiles.class.getResourceAsStream("/parquet/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  /** Puts a file into a folder. */
  static Path copy(String name, Path folder) throws IOException {
    return Files.write(folder.resolve(name), bytes(name));
  }
}
