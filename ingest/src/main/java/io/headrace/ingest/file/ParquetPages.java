package io.headrace.ingest.file;

import dev.hardwood.metadata.ColumnChunk;
import io.headrace.ingest.UnpackLimit;
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

  private static final int DICTIONARY = 2;
  private static final int DATA_HEAD = 5;
  private static final int DICTIONARY_HEAD = 7;
  private static final int DATA_HEAD_OF_SECOND_KIND = 8;

  private static final int PLAIN = 0;
  private static final int OLD_DICTIONARY = 2;
  private static final int LENGTHS_FIRST = 6;
  private static final int OF_DICTIONARY = 8;
  private static final int BYTES_APART = 9;

  private final FileChannel channel;
  private ByteBuffer head = ByteBuffer.allocate(LIKELY_HEAD_BYTES);
  private long type;
  private long unpackedBytes;
  private long packedBytes;
  private long values;
  private long encoding;

  /**
   * Memory that a column takes while it is read.
   *
   * @param page bytes of its largest page, unpacked
   * @param value bytes that a value has at the most, where values have any length: on the average
   *     of a page that spells them out, whatever they can be in one that refers to others
   */
  record Sizes(long page, long value) {}

  ParquetPages(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Looks through the heads of a column's pages.
   *
   * @param rows how many values the pages have to have
   * @throws IOException if a head makes no sense, or a page unpacks to more than {@link
   *     UnpackLimit} allows
   */
  Sizes requireSound(ColumnChunk column, long rows) throws IOException {
    long begin = column.chunkStartOffset();
    long end = begin + column.metaData().totalCompressedSize();
    if (begin < 0 || end < begin || end > channel.size()) {
      throw new IOException("its bytes %d to %d are not all there".formatted(begin, end));
    }
    long largest = 0;
    long longest = 0;
    long dictionary = 0;
    long found = 0;
    long at = begin;
    while (at < end && found < rows) {
      long past = at + walk(at);
      if (packedBytes > end - past || values > rows - found) {
        throw new IOException(
            "the page at byte %d is said to have %d bytes and %d values, of %d bytes and %d values that are left"
                .formatted(at, packedBytes, values, end - past, rows - found));
      }
      long bytes = Math.max(unpackedBytes, values * Long.BYTES);
      if (bytes > UnpackLimit.bytes()) {
        throw new IOException(
            "the page at byte %d unpacks to %d bytes, more than the %d that it may have in this process"
                .formatted(at, bytes, UnpackLimit.bytes()));
      }
      largest = Math.max(largest, bytes);
      if (type == DICTIONARY) {
        dictionary = unpackedBytes;
      } else {
        longest = Math.max(longest, longestValue(dictionary));
      }
      found += type == DICTIONARY ? 0 : values;
      at = past + packedBytes;
    }
    if (found != rows) {
      throw new IOException(
          "its pages have %d values, but it should have %d".formatted(found, rows));
    }
    return new Sizes(largest, longest);
  }

  private long longestValue(long dictionary) {
    return switch ((int) encoding) {
      case PLAIN, LENGTHS_FIRST, BYTES_APART -> unpackedBytes / Math.max(1, values);
      case OLD_DICTIONARY, OF_DICTIONARY -> dictionary;
      default -> unpackedBytes; // each may repeat the one before
    };
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
    encoding = PLAIN;
    var in = new ThriftCompact(head);
    for (int field = in.nextField(0); field != ThriftCompact.END; field = in.nextField(field)) {
      switch (field) {
        case 1 -> type = in.number();
        case 2 -> unpackedBytes = in.number();
        case 3 -> packedBytes = in.number();
        case DATA_HEAD, DICTIONARY_HEAD -> readValues(in, 2);
        case DATA_HEAD_OF_SECOND_KIND -> readValues(in, 4);
        default -> in.skip();
      }
    }
    if (unpackedBytes < 0 || packedBytes < 0 || values < 0) {
      throw new IOException(
          "a page cannot have %d bytes, %d unpacked, and %d values"
              .formatted(packedBytes, unpackedBytes, values));
    }
  }

  /** How many values a page has, and in which encoding. */
  private void readValues(ThriftCompact in, int encodingField) throws IOException {
    in.requireStructure();
    values = -1;
    for (int field = in.nextField(0); field != ThriftCompact.END; field = in.nextField(field)) {
      if (field == 1) {
        values = in.number();
      } else if (field == encodingField) {
        encoding = in.number();
      } else {
        in.skip();
      }
    }
  }
}
