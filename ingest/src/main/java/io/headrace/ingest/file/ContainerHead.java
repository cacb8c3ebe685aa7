package io.headrace.ingest.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * What stands before an Avro container's blocks: four bytes of mark, a map of metadata, and the
 * sync marker. It is walked through before Avro reads it, which would ask for as much memory as a
 * damaged length says.
 */
final class ContainerHead {
  private static final int MARK = 0x4f626a01; // Obj and version 1
  private static final long MOST_BYTES = 16 << 20;

  private final FileChannel channel;
  private final long limit;
  private final ByteBuffer number = ByteBuffer.allocate(10);
  private long at = Integer.BYTES;

  private ContainerHead(FileChannel channel) throws IOException {
    this.channel = channel;
    limit = Math.min(channel.size(), MOST_BYTES);
  }

  /**
   * Leaves files that are marked otherwise to Avro, which says so.
   *
   * @throws IOException if the head's lengths make no sense
   */
  static void requireSound(FileChannel channel) throws IOException {
    ByteBuffer mark = ByteBuffer.allocate(Integer.BYTES);
    BlockFrame.readAt(channel, 0, mark);
    if (mark.remaining() == Integer.BYTES && mark.getInt() == MARK) {
      new ContainerHead(channel).walk();
    }
  }

  private void walk() throws IOException {
    for (long count = next(); count != 0; count = next()) {
      if (count < 0) {
        next(); // the bytes of the entries that follow
      }
      for (long i = 2 * Math.abs(count); i > 0; i--) {
        long length = next();
        if (length < 0 || length > limit - at) {
          throw new IOException(
              "its head is damaged: text of %d bytes at byte %d".formatted(length, at));
        }
        at += length;
      }
    }
  }

  private long next() throws IOException {
    BlockFrame.readAt(channel, at, number);
    long value = BlockFrame.zigzag(number);
    at += number.position();
    if (at >= limit) {
      throw new IOException("its head is cut off, or longer than " + MOST_BYTES + " bytes");
    }
    return value;
  }
}
