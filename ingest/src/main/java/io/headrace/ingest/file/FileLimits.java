package io.headrace.ingest.file;

/**
 * Bounds on what is held at a time.
 *
 * @param chunkRows most records in a chunk; a block of an Avro file is one chunk whatever it holds
 * @param maxRecordBytes a record larger than this is a fault
 */
public record FileLimits(int chunkRows, int maxRecordBytes) {
  public static final FileLimits DEFAULT = new FileLimits(1024, 16 << 20);
}
