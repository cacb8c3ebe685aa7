package io.headrace.app.serve;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The job files that a process was given: files by themselves, and folders whose {@code *.yaml} are
 * job files, those that are put there later included. Immutable.
 */
record JobFiles(List<Path> given) {
  private static final String SUFFIX = ".yaml";

  /**
   * All there are now, in the order given, those of a folder by name.
   *
   * @throws HeadraceException if a folder cannot be read
   */
  Set<Path> now() {
    var files = new LinkedHashSet<Path>();
    for (Path path : given) {
      if (Files.isDirectory(path)) {
        files.addAll(in(path));
      } else {
        files.add(path.toAbsolutePath().normalize());
      }
    }
    return files;
  }

  private static List<Path> in(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(file -> file.toString().endsWith(SUFFIX) && Files.isRegularFile(file))
          .map(file -> file.toAbsolutePath().normalize())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new HeadraceException(
          folder + ": the folder of job files cannot be read: " + e.getMessage() + ".", e);
    }
  }

  /** What a job is called whose file does not tell: the file's name without its ending. */
  static String stem(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }
}
