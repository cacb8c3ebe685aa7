package io.headrace.sink.seal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A file that is not encrypted. */
record PlainBytes(FileChannel file) implements StoredBytes {
  @Override
  public long size() throws IOException {
    return file.size();
  }

  @Override
  public int read(ByteBuffer into, long at) throws IOException {
    return file.read(into, at);
  }

  @Override
  public boolean encrypted() {
    return false;
  }

  @Override
  public MemorySegment view(long at, long bytes, Arena arena) throws IOException {
    return file.map(FileChannel.MapMode.READ_ONLY, at, bytes, arena);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
