package io.headrace.ingest.file;

/** What files are called in positions, dead letters and messages. Thread-safe. */
@FunctionalInterface
public interface FileNaming {
  /** By their own names. */
  FileNaming PLAIN = name -> name;

  /**
   * What a file is called.
   *
   * @param name its own, with the folders that the job does not name
   */
  String told(String name);
}
