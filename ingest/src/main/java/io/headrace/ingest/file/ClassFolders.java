package io.headrace.ingest.file;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.SourcePartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds files that lie in folders named for their classes, and puts them in an order that mixes the
 * classes: by a hash of folder and name, so that it is the same on every machine.
 */
final class ClassFolders {
  private static final Comparator<Path> ORDER =
      Comparator.comparingInt((Path file) -> hash(name(file))).thenComparing(ClassFolders::name);

  private ClassFolders() {}

  /** The name of the folder that a file lies in. */
  static String className(Path file) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    Path name = folder == null ? null : folder.getFileName();
    return name == null ? "" : name.toString();
  }

  /**
   * The files of a glob, or of a folder's folders, or of the folder itself if it has none, as one.
   *
   * @throws HeadraceException if there is none
   */
  static SourceFile found(Path baseDirectory, String path) {
    Path whole = baseDirectory.resolve(path);
    try {
      List<Path> files;
      if (Files.isDirectory(whole)) {
        files = files(whole, 2).filter(file -> !whole.equals(file.getParent())).toList();
        files = files.isEmpty() ? files(whole, 1).toList() : files;
      } else {
        files =
            SourceFiles.found(baseDirectory, path).stream()
                .map(SourceFile::path)
                .sorted(ORDER)
                .toList();
      }
      if (files.isEmpty()) {
        throw SourceFiles.missing("the folder " + path + " has no files", whole);
      }
      return new SourceFile(new SourcePartition(path, 0), files);
    } catch (IOException e) {
      throw new HeadraceException("looking for " + whole + " failed: " + e, e);
    }
  }

  private static Stream<Path> files(Path folder, int depth) throws IOException {
    try (Stream<Path> entries = Files.walk(folder, depth)) {
      return entries.filter(SourceFiles::isData).sorted(ORDER).toList().stream();
    }
  }

  private static String name(Path file) {
    return className(file) + "/" + file.getFileName();
  }

  /** The finalizer of MurmurHash3 (Appleby, 2011) on the hash of the text. */
  private static int hash(String name) {
    int hash = name.hashCode();
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    return hash ^ (hash >>> 16);
  }
}
