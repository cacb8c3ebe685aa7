package io.headrace.ingest.file;

import io.headrace.engine.sample.SourcePartition;
import java.nio.file.Path;

/**
 * A file that is read.
 *
 * @param partition its name in positions, which does not depend on where the job's folder lies
 */
record SourceFile(SourcePartition partition, Path path) {
  static SourceFile of(String name, Path path) {
    return new SourceFile(new SourcePartition(name, 0), path);
  }

  String name() {
    return partition.source();
  }
}
