package io.headrace.sink.file;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.Arrays;

/**
 * Finds the whole blocks of an Avro container file: each is its number of records and its length as
 * zigzag varints, so many bytes, and the 16-byte marker that the header ends with.
 */
final class ContainerBlocks {
  private static final int MARKER_BYTES = 16;
  private static final int LONGEST_VARINT_BYTES = 10;

  private ContainerBlocks() {}

  /** Where the last whole block ends; {@code headerBytes} where there is none. */
  static long endOfLast(RandomAccessFile file, long headerBytes) throws IOException {
    byte[] marker = markerBefore(file, headerBytes);
    long end = headerBytes;
    long next = endOfBlock(file, end, marker);
    while (next > end) {
      end = next;
      next = endOfBlock(file, end, marker);
    }
    return end;
  }

  /** Where the block that starts at {@code from} ends; {@code from} if it is not whole. */
  private static long endOfBlock(RandomAccessFile file, long from, byte[] marker)
      throws IOException {
    file.seek(from);
    long records = varint(file);
    long bytes = varint(file);
    long room = file.length() - file.getFilePointer() - MARKER_BYTES;
    if (records < 0 || bytes < 0 || bytes > room) {
      return from;
    }
    long end = file.getFilePointer() + bytes + MARKER_BYTES;
    return Arrays.equals(markerBefore(file, end), marker) ? end : from;
  }

  private static byte[] markerBefore(RandomAccessFile file, long position) throws IOException {
    byte[] marker = new byte[MARKER_BYTES];
    file.seek(position - MARKER_BYTES);
    file.readFully(marker);
    return marker;
  }

  /** A zigzag varint; -1 where the file ends or it is none. */
  private static long varint(RandomAccessFile file) throws IOException {
    long raw = 0;
    for (int i = 0; i < LONGEST_VARINT_BYTES; i++) {
      int next = file.read();
      if (next < 0) {
        return -1;
      }
      raw |= (next & 0x7FL) << (7 * i);
      if (next < 0x80) {
        return (raw >>> 1) ^ -(raw & 1);
      }
    }
    return -1;
  }
}
