package io.headrace.ingest.file;

import io.headrace.engine.sample.SourcePartition;
import java.nio.file.Path;
import java.util.List;

/**
 * A file that is read, or several that are read as one.
 *
 * @param partition its name in positions, which does not depend on where the job's folder lies
 * @param parts the files that it is made of, one or more
 * @param naming what they are called where somebody may see it
 */
record SourceFile(SourcePartition partition, List<Path> parts, FileNaming naming) {
  SourceFile(SourcePartition partition, List<Path> parts) {
    this(partition, parts, FileNaming.PLAIN);
  }

  static SourceFile of(String name, Path... parts) {
    return new SourceFile(new SourcePartition(name, 0), List.of(parts));
  }

  /** What is piped into this process. */
  static SourceFile standardInput() {
    return of(FileSampleSource.STANDARD_INPUT, Path.of(FileSampleSource.STANDARD_INPUT));
  }

  boolean isStandardInput() {
    return name().equals(FileSampleSource.STANDARD_INPUT);
  }

  /**
   * The same under the name that it is to have.
   *
   * @param path that the job gives, of which no part is changed
   */
  SourceFile called(FileNaming by, String path) {
    String fixed = SourceFiles.fixedFolder(path);
    String said = name().startsWith(path) ? path : name().startsWith(fixed) ? fixed : "";
    String rest = name().substring(said.length());
    String own = rest.startsWith("/") ? rest.substring(1) : rest;
    String now =
        own.isEmpty() ? rest : rest.substring(0, rest.length() - own.length()) + by.told(own);
    return new SourceFile(new SourcePartition(said + now, 0), parts, by);
  }

  /** A message about it without the names that are not to be seen. */
  String told(String message) {
    if (naming.equals(FileNaming.PLAIN)) {
      return message;
    }
    String told = message;
    for (Path part : parts) {
      told = told.replace(part.toString(), naming.told(String.valueOf(part.getFileName())));
    }
    return told;
  }

  String name() {
    return partition.source();
  }

  /** The only file, or the first. */
  Path path() {
    return parts.getFirst();
  }
}
