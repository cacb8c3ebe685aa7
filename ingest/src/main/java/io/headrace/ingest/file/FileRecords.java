package io.headrace.ingest.file;

import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.RecordChunk;
import java.io.Closeable;
import java.io.IOException;

/** The records of one open file, in order. Not thread-safe; whoever opened it closes it. */
interface FileRecords extends Closeable {
  /**
   * Fills {@code chunk} with the next records.
   *
   * @return whether there were any; if not, the file is at its end and the chunk is as it was
   * @throws HeadraceException if the file ends before the position that reading was to begin at
   */
  boolean read(RecordChunk chunk) throws IOException;

  /** Says that a file has fewer records than a checkpoint has seen of it. */
  static HeadraceException shrunk(SourceFile file, long records, long from) {
    return new HeadraceException(
        file.path()
            + " has "
            + records
            + " records, but the checkpoint goes on at record "
            + from
            + ": the file has changed. Put the longer one back, or start without the checkpoint");
  }
}
