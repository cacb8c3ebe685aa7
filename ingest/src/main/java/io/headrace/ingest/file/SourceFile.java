package io.headrace.ingest.file;

import io.headrace.engine.sample.SourcePartition;
import java.nio.file.Path;
import java.util.List;

/**
 * A file that is read, or several that are read as one.
 *
 * @param partition its name in positions, which does not depend on where the job's folder lies
 * @param parts the files that it is made of, one or more
 */
record SourceFile(SourcePartition partition, List<Path> parts) {
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

  String name() {
    return partition.source();
  }

  /** The only file, or the first. */
  Path path() {
    return parts.getFirst();
  }
}
