package io.headrace.ingest.file;

import dev.hardwood.metadata.ColumnChunk;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The heads of the pages that a column of a row group is made of. They are walked through before a
 * reader takes them at their word, which would wait forever for what a damaged length promises, or
 * ask for as much memory as it says. Not thread-safe.
 */
final class ParquetPages {
  private static final int MOST_HEAD_BYTES = 1 << 20;
  private static final int LIKELY_HEAD_BYTES = 256;
  private static final long MOST_PAGE_BYTES = 1 << 30;

  private static final int DICTIONARY = 2;
  private static final int DATA_HEAD = 5;
  private static final int DICTIONARY_HEAD = 7;
  private static final int DATA_HEAD_OF_SECOND_KIND = 8;

  private final FileChannel channel;
  private ByteBuffer head = ByteBuffer.allocate(LIKELY_HEAD_BYTES);
  private long type;
  private long unpackedBytes;
  private long packedBytes;
  private long values;

  ParquetPages(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * @param rows how many values the pages have to have
   * @throws IOException if a head makes no sense
   */
  void requireSound(ColumnChunk column, long rows) throws IOException {
    long begin = column.chunkStartOffset();
    long end = begin + column.metaData().totalCompressedSize();
    if (begin < 0 || end < begin || end > channel.size()) {
      throw new IOException("its bytes %d to %d are not all there".formatted(begin, end));
    }
    long found = 0;
    long at = begin;
    while (at < end && found < rows) {
      long past = at + walk(at);
      if (packedBytes > end - past || unpackedBytes > MOST_PAGE_BYTES || values > rows - found) {
        throw new IOException(
            "the page at byte %d is said to have %d bytes, %d unpacked, and %d values, of %d bytes and %d values that are left"
                .formatted(at, packedBytes, unpackedBytes, values, end - past, rows - found));
      }
      found += type == DICTIONARY ? 0 : values;
      at = past + packedBytes;
    }
    if (found != rows) {
      throw new IOException(
          "its pages have %d values, but it should have %d".formatted(found, rows));
    }
  }

  /** Reads the head at {@code at}; returns its length. */
  private int walk(long at) throws IOException {
    while (true) {
      head.clear();
      while (head.hasRemaining() && channel.read(head, at + head.position()) > 0) {
        // Most reads are whole at once.
      }
      boolean atEnd = head.hasRemaining();
      head.flip();
      try {
        read();
        return head.position();
      } catch (BufferUnderflowException e) {
        if (atEnd || head.capacity() >= MOST_HEAD_BYTES) {
          throw new IOException("the head of the page at byte " + at + " is damaged", e);
        }
        head = ByteBuffer.allocate(head.capacity() * 16);
      }
    }
  }

  private void read() throws IOException {
    type = -1;
    unpackedBytes = -1;
    packedBytes = -1;
    values = 0;
    var in = new ThriftCompact(head);
    for (int field = in.nextField(0); field != ThriftCompact.END; field = in.nextField(field)) {
      switch (field) {
        case 1 -> type = in.number();
        case 2 -> unpackedBytes = in.number();
        case 3 -> packedBytes = in.number();
        case DATA_HEAD, DICTIONARY_HEAD, DATA_HEAD_OF_SECOND_KIND -> values = firstOf(in);
        default -> in.skip();
      }
    }
    if (unpackedBytes < 0 || packedBytes < 0 || values < 0) {
      throw new IOException(
          "a page cannot have %d bytes, %d unpacked, and %d values"
              .formatted(packedBytes, unpackedBytes, values));
    }
  }

  /** The number in the first field of a structure. */
  private static long firstOf(ThriftCompact in) throws IOException {
    in.requireStructure();
    long first = -1;
    for (int field = in.nextField(0); field != ThriftCompact.END; field = in.nextField(field)) {
      if (field == 1) {
        first = in.number();
      } else {
        in.skip();
      }
    }
    return first;
  }
}
