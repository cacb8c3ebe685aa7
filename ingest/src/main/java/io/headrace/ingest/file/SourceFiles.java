package io.headrace.ingest.file;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.stream.Stream;

/** Finds the files that a path in a job means: one file, a folder's files, or those of a glob. */
final class SourceFiles {
  private SourceFiles() {}

  /**
   * What {@code path} means to a format: some read several files as one.
   *
   * @throws HeadraceException if there is none
   */
  static List<SourceFile> found(Path baseDirectory, String path, FileFormat format) {
    if (path.equals(FileSampleSource.STANDARD_INPUT)) {
      return List.of(SourceFile.standardInput());
    }
    return switch (format) {
      case FileFormat.Folder folder -> List.of(ClassFolders.found(baseDirectory, path));
      case FileFormat.Idx idx -> LabelFiles.found(baseDirectory, path, idx);
      default -> found(baseDirectory, path);
    };
  }

  /**
   * The files, in the order of their names.
   *
   * @throws HeadraceException if there is none
   */
  static List<SourceFile> found(Path baseDirectory, String path) {
    Path whole = baseDirectory.resolve(path);
    try {
      if (Files.isDirectory(whole)) {
        return oneOrMore(inFolder(whole, path), "the folder " + path + " has no files", whole);
      }
      if (Files.exists(whole)) {
        return List.of(SourceFile.of(path, whole));
      }
      if (isGlob(path)) {
        return oneOrMore(matching(baseDirectory, path), "no file matches " + path, whole);
      }
    } catch (IOException e) {
      throw new HeadraceException("looking for " + whole + " failed: " + e, e);
    } catch (UncheckedIOException e) {
      throw new HeadraceException("looking for " + whole + " failed: " + e.getCause(), e);
    }
    throw missing("there is no file " + path, whole);
  }

  private static List<SourceFile> inFolder(Path folder, String path) throws IOException {
    String prefix = path.endsWith("/") ? path : path + "/";
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(SourceFiles::isData)
          .map(file -> SourceFile.of(prefix + file.getFileName(), file))
          .sorted((a, b) -> a.partition().compareTo(b.partition()))
          .toList();
    }
  }

  private static List<SourceFile> matching(Path baseDirectory, String pattern) throws IOException {
    String fixed = fixedFolder(pattern);
    Path root = baseDirectory.resolve(fixed);
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    String rest = pattern.substring(fixed.length());
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + rest);
    int depth = rest.contains("**") ? Integer.MAX_VALUE : rest.split("/").length;
    try (Stream<Path> entries = Files.walk(root, depth)) {
      return entries
          .filter(file -> matcher.matches(root.relativize(file)))
          .filter(SourceFiles::isData)
          .map(file -> SourceFile.of(fixed + root.relativize(file), file))
          .sorted((a, b) -> a.partition().compareTo(b.partition()))
          .toList();
    }
  }

  /** The folders before the first one with a wildcard, up to and with their last slash. */
  static String fixedFolder(String pattern) {
    int wildcard = 0;
    while (wildcard < pattern.length() && "*?[{".indexOf(pattern.charAt(wildcard)) < 0) {
      wildcard++;
    }
    return pattern.substring(0, pattern.lastIndexOf('/', wildcard) + 1);
  }

  private static boolean isGlob(String path) {
    return path.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
  }

  /** Names with a dot or an underscore in front are other programs' notes beside the data. */
  static boolean isData(Path file) {
    String name = file.getFileName().toString();
    return Files.isRegularFile(file) && !name.startsWith(".") && !name.startsWith("_");
  }

  private static List<SourceFile> oneOrMore(List<SourceFile> files, String problem, Path whole) {
    if (files.isEmpty()) {
      throw missing(problem, whole);
    }
    return files;
  }

  static HeadraceException missing(String problem, Path whole) {
    return new HeadraceException(
        problem
            + " (looked at "
            + whole.toAbsolutePath().normalize()
            + "). Correct the path, or make the file first");
  }
}
