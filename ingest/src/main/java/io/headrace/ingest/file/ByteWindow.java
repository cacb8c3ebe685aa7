package io.headrace.ingest.file;

import com.github.luben.zstd.ZstdIOException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A part of a file, unpacked if it is packed, in memory that moves forward: {@link #bytes} from
 * {@link #start} to {@link #limit}. Not thread-safe.
 */
final class ByteWindow implements Closeable {
  private static final int INITIAL_BYTES = 1 << 20;

  private final InputStream raw;
  private final boolean standardInput;
  private @Nullable InputStream in;
  private @Nullable String damage;
  private byte[] bytes = new byte[INITIAL_BYTES];
  private int start;
  private int limit;
  private long offset;

  ByteWindow(SourceFile file) throws IOException {
    standardInput = file.isStandardInput();
    raw = file.isStandardInput() ? System.in : Files.newInputStream(file.path());
  }

  /**
   * Bytes that are unpacked already. Where a stream is at its end, more may come later.
   *
   * @param offset in the file of the stream's first byte
   */
  ByteWindow(InputStream unpacked, long offset) {
    standardInput = false;
    raw = unpacked;
    in = unpacked;
    this.offset = offset;
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
    offset += start;
    start = 0;
    if (limit == bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.multiplyExact(limit, 2));
    }
    int count = damage == null ? read() : -1;
    limit += Math.max(0, count);
    return count > 0;
  }

  /** A packed file that is cut off or damaged ends there. */
  private int read() throws IOException {
    try {
      InputStream from = in;
      if (from == null) {
        from = Unpacked.of(raw);
        in = from;
      }
      return from.read(bytes, limit, bytes.length - limit);
    } catch (EOFException | ZipException | ZstdIOException e) {
      damage = String.valueOf(e.getMessage());
      return -1;
    }
  }

  /**
   * What is wrong with the file, which therefore ended too early; null, nearly always, if nothing.
   */
  @Nullable String damage() {
    return damage;
  }

  /** Whether {@link #readMore} would wait for somebody to write more. */
  boolean isDry() throws IOException {
    return standardInput && in != null && in.available() == 0;
  }

  /** Where {@link #start} is in the file, unpacked. */
  long offset() {
    return offset + start;
  }

  /** Passes over a mark of UTF-8 at the file's beginning. */
  void passByteOrderMark() throws IOException {
    while (limit < 3 && readMore()) {
      // Three bytes come at once, but for odd file systems.
    }
    if (limit >= 3
        && bytes[0] == (byte) 0xef
        && bytes[1] == (byte) 0xbb
        && bytes[2] == (byte) 0xbf) {
      moveTo(3);
    }
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
    if (standardInput) {
      return;
    }
    if (in != null) {
      in.close();
    }
    raw.close();
  }
}
