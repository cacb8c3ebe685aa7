package io.headrace.ingest.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * What an Avro container says of a block before its bytes.
 *
 * @param count records in the block
 * @param begin offset in the file of the block's first byte
 * @param end offset in the file just past the block's bytes, where the sync marker stands
 */
record BlockFrame(int count, long begin, long end) {
  private static final int LARGEST_VARINT = 10;

  /** The frame at {@code offset}; null if what stands there is none that ends by {@code limit}. */
  static @Nullable BlockFrame at(FileChannel channel, long offset, long limit) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(2 * LARGEST_VARINT);
    readAt(channel, offset, head);
    long count = zigzag(head);
    long size = zigzag(head);
    long begin = offset + head.position();
    long end = begin + size;
    boolean sound = count >= 0 && count <= Integer.MAX_VALUE && size >= 0 && size <= limit;
    return sound && end <= limit ? new BlockFrame((int) count, begin, end) : null;
  }

  /** Reads what there is from {@code offset} on, up to the buffer's capacity. */
  static void readAt(FileChannel channel, long offset, ByteBuffer into) throws IOException {
    into.clear();
    while (into.hasRemaining() && channel.read(into, offset + into.position()) > 0) {
      // Most reads are whole at once.
    }
    into.flip();
  }

  /** Avro's long: seven bits a byte, the lowest first, the sign in the lowest bit; -1 if cut. */
  static long zigzag(ByteBuffer bytes) {
    long raw = 0;
    for (int shift = 0; shift < 64 && bytes.hasRemaining(); shift += 7) {
      byte next = bytes.get();
      raw |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return (raw >>> 1) ^ -(raw & 1);
      }
    }
    return -1;
  }
}
