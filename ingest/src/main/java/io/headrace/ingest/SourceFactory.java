package io.headrace.ingest;

import java.nio.file.Path;

/** A source as the job file describes it, its settings checked. Immutable. */
@FunctionalInterface
public interface SourceFactory {
  /**
   * Makes the source; nothing is read before somebody subscribes.
   *
   * @param baseDirectory where relative paths start
   * @throws io.headrace.engine.error.HeadraceException if a file that it needs is missing
   */
  SampleSource open(Path baseDirectory);
}
