package io.headrace.ingest.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * How a file begins: so many bytes of it, and a checksum of them. Files that are written on keep
 * theirs; packed ones and copies have that of what they were made of.
 */
record FileHead(int length, int checksum) {
  /** Most bytes that are looked at. */
  static final int MOST_BYTES = 4095;

  private static final int CHECKSUM_BITS = 28;
  private static final int CHECKSUM = (1 << CHECKSUM_BITS) - 1;

  /** Of the first {@code length} bytes, of which the first few are looked at. */
  static FileHead of(byte[] bytes, long length) {
    int looked = (int) Math.min(length, MOST_BYTES);
    var sum = new CRC32C();
    sum.update(bytes, 0, looked);
    return new FileHead(looked, (int) sum.getValue() & CHECKSUM);
  }

  /** As one number below 2^40. */
  long number() {
    return (long) length << CHECKSUM_BITS | checksum;
  }

  static FileHead of(long number) {
    return new FileHead((int) (number >>> CHECKSUM_BITS), (int) number & CHECKSUM);
  }

  /** Whether a file still begins so. */
  boolean isOf(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
      // Most reads are whole at once.
    }
    return !bytes.hasRemaining() && of(bytes.array(), length).equals(this);
  }

  /** Whether what a stream gives begins so. */
  boolean isOf(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(length);
    return bytes.length == length && of(bytes, length).equals(this);
  }
}
