package io.headrace.ingest.file;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * What stands at the end of a Parquet file: a structure that says what is in it, the structure's
 * length, and a mark. It is walked through before a reader takes it at its word, which would ask
 * for as much memory as a damaged length says.
 */
final class ParquetFooter {
  private static final int TAIL_BYTES = 8;
  private static final int MARK = 0x31524150; // PAR1, little-endian
  private static final int MOST_BYTES = 256 << 20;

  private ParquetFooter() {}

  /**
   * Leaves files that are marked otherwise to the reader, which says so.
   *
   * @throws IOException if the structure makes no sense
   */
  static void requireSound(FileChannel channel) throws IOException {
    long end = channel.size() - TAIL_BYTES;
    if (end < 0) {
      return;
    }
    ByteBuffer tail = read(channel, end, TAIL_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int length = tail.getInt();
    if (tail.getInt() != MARK) {
      return;
    }
    if (length <= 0 || length > Math.min(end, MOST_BYTES)) {
      throw new IOException(
          "what its end says of it cannot have %d of its %d bytes".formatted(length, end));
    }
    try {
      var in = new ThriftCompact(read(channel, end - length, length));
      int field = 0;
      while ((field = in.nextField(field)) != ThriftCompact.END) {
        in.skip();
      }
    } catch (BufferUnderflowException e) {
      throw new IOException("what its end says of it is damaged", e);
    }
  }

  private static ByteBuffer read(FileChannel channel, long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && channel.read(bytes, at + bytes.position()) > 0) {
      // Most reads are whole at once.
    }
    return bytes.flip();
  }
}
