package io.headrace.ingest.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;

/**
 * A part of a file in memory that moves forward: {@link #bytes} from {@link #start} to {@link
 * #limit}. Not thread-safe.
 */
final class ByteWindow implements Closeable {
  private static final int INITIAL_BYTES = 1 << 20;

  private final InputStream in;
  private byte[] bytes = new byte[INITIAL_BYTES];
  private int start;
  private int limit;

  ByteWindow(SourceFile file) throws IOException {
    in = Files.newInputStream(file.path());
  }

  /**
   * Reads more behind {@link #limit}. What lies before {@link #start} is given up: indices of
   * before are {@code start} too high afterwards.
   *
   * @return whether there was more
   */
  boolean readMore() throws IOException {
    System.arraycopy(bytes, start, bytes, 0, limit - start);
    limit -= start;
    start = 0;
    if (limit == bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.multiplyExact(limit, 2));
    }
    int count = in.read(bytes, limit, bytes.length - limit);
    limit += Math.max(0, count);
    return count > 0;
  }

  /** Gives up what lies before {@code index}. */
  void moveTo(int index) {
    start = index;
  }

  byte[] bytes() {
    return bytes;
  }

  int start() {
    return start;
  }

  int limit() {
    return limit;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
