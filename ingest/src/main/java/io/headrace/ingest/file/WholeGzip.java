package io.headrace.ingest.file;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Unpacks all parts of a gzip file (RFC 1952, section 2.2), and fails where the JDK's class would
 * pass over what follows a part because it is none itself. Not thread-safe.
 */
final class WholeGzip extends GZIPInputStream {
  private static final int BUFFER_BYTES = 1 << 16;

  /** Sum and length, behind each part. */
  private static final int TRAILER_BYTES = 8;

  private final Raw raw;

  WholeGzip(InputStream in) throws IOException {
    this(new Raw(in));
  }

  private WholeGzip(Raw raw) throws IOException {
    super(raw, BUFFER_BYTES);
    this.raw = raw;
  }

  @Override
  public int read(byte[] to, int from, int length) throws IOException {
    int read = super.read(to, from, length);
    if (read < 0 && inf.getRemaining() + raw.singles > TRAILER_BYTES) {
      throw new ZipException("what follows a whole part is not packed with gzip");
    }
    return read;
  }

  /**
   * Counts the bytes read one by one since the buffer was filled: those of trailers and heads that
   * lay behind its end. Never says that it is dry, as a pause of a pipe between two parts would
   * seem the end.
   */
  private static final class Raw extends FilterInputStream {
    private int singles;

    Raw(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      singles += next < 0 ? 0 : 1;
      return next;
    }

    @Override
    public int read(byte[] to, int from, int length) throws IOException {
      singles = 0;
      return super.read(to, from, length);
    }

    @Override
    public int available() {
      return 1;
    }
  }
}
