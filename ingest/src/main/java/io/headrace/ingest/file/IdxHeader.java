package io.headrace.ingest.file;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * The head of an IDX file of bytes: two zeros, 8 for unsigned bytes, the number of dimensions, and
 * each dimension as a big-endian int, the first of them the number of items.
 *
 * @param bytes length of the head
 * @param items images or labels that the file says it has
 * @param itemBytes bytes of one
 */
record IdxHeader(int bytes, long items, int itemBytes) {
  private static final int UNSIGNED_BYTES = 8;

  /** The head of a file of labels, which have one dimension. */
  static IdxHeader ofLabels(Path file, FileChannel channel) throws IOException {
    return read(file, channel, "labels", 1, 1);
  }

  /** The head of a file of images: items, height, width and, if there is a fourth, channels. */
  static IdxHeader ofImages(Path file, FileChannel channel) throws IOException {
    return read(file, channel, "images", 3, 4);
  }

  private static IdxHeader read(Path file, FileChannel channel, String what, int least, int most)
      throws IOException {
    ByteBuffer head = ByteBuffer.allocate(Integer.BYTES * (1 + most));
    BlockFrame.readAt(channel, 0, head);
    byte[] start = new byte[Math.min(Integer.BYTES, head.remaining())];
    head.get(0, start);
    int dimensions = start.length == Integer.BYTES ? start[3] : 0;
    boolean bytesOfThatKind =
        dimensions >= least
            && dimensions <= most
            && start[0] == 0
            && start[1] == 0
            && start[2] == UNSIGNED_BYTES
            && head.remaining() >= Integer.BYTES * (1 + dimensions);
    if (!bytesOfThatKind) {
      throw new HeadraceException(
          "%s is no IDX file of %s: it begins with %s, not with 0000080%d and %d sizes. Unpack it if it is compressed, and see that images and labels are not mixed up"
              .formatted(file, what, HexFormat.of().formatHex(start), least, least));
    }
    long itemBytes = 1;
    for (int i = 1; i < dimensions; i++) {
      itemBytes *= Math.clamp(head.getInt(Integer.BYTES * (1 + i)), 0, 1 << 20);
    }
    long items = Integer.toUnsignedLong(head.getInt(Integer.BYTES));
    if (itemBytes < 1 || itemBytes > 1 << 28) {
      throw new HeadraceException(
          "%s says that each of its %d images has %d bytes, which cannot be. It is damaged"
              .formatted(file, items, itemBytes));
    }
    return new IdxHeader(Integer.BYTES * (1 + dimensions), items, (int) itemBytes);
  }
}
