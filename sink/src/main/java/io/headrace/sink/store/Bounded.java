package io.headrace.sink.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The first bytes of a stream. Not thread-safe. */
final class Bounded extends FilterInputStream {
  private long left;

  Bounded(InputStream all, long bytes) {
    super(all);
    this.left = bytes;
  }

  @Override
  public int read() throws IOException {
    if (left == 0) {
      return -1;
    }
    left--;
    return super.read();
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (left == 0) {
      return -1;
    }
    int count = super.read(into, offset, (int) Math.min(length, left));
    left -= Math.max(count, 0);
    return count;
  }
}
