package io.headrace.sink.seal;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A file's bytes as they were before they were encrypted, from any place. Not thread-safe; whoever
 * opens it closes it. All that is read is authentic, or {@link SealBrokenException} is thrown.
 */
public interface StoredBytes extends Closeable {
  long size() throws IOException;

  /** Whether the file is encrypted. */
  boolean encrypted();

  /** Reads some bytes, as a {@link java.nio.channels.FileChannel} does; -1 at the end. */
  int read(ByteBuffer into, long at) throws IOException;

  /** So many bytes from a place on, which are there, for as long as the arena is open. */
  MemorySegment view(long at, long bytes, Arena arena) throws IOException;
}
