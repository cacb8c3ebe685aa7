package io.headrace.sink.store;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder for copies of what a store has, which goes with all that is in it when this is closed.
 *
 * @param path where it is
 */
public record CopiesFolder(Path path) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CopiesFolder.class);

  /**
   * One where this machine has such.
   *
   * @throws HeadraceException if it cannot be made
   */
  public static CopiesFolder temporary() {
    try {
      return new CopiesFolder(Files.createTempDirectory("headrace-copies"));
    } catch (IOException e) {
      throw new HeadraceException(
          "There is no folder for copies of models: %s. Make room in %s."
              .formatted(e, System.getProperty("java.io.tmpdir")),
          e);
    }
  }

  /** One of that name, without what a killed process has left in it. */
  public static CopiesFolder at(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      remove(path);
    }
    return new CopiesFolder(Files.createDirectory(path));
  }

  @Override
  public void close() {
    try {
      remove(path);
    } catch (IOException e) {
      LOG.warn("{} cannot be removed ({}). Delete it by hand.", path, e.getMessage());
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
