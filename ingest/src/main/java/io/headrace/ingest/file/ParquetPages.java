package io.headrace.ingest.file;

import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.CompressionCodec;
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

  private static final int DATA = 0;
  private static final int DICTIONARY = 2;
  private static final int DATA_OF_SECOND_KIND = 3;
  private static final int DATA_HEAD = 5;
  private static final int DICTIONARY_HEAD = 7;
  private static final int DATA_HEAD_OF_SECOND_KIND = 8;

  private static final int FIRST_LEVELS = 5;
  private static final int SECOND_LEVELS = 6;
  private static final int PACKED = 7;
  private static final int LONGEST_SNAPPY_LENGTH = 5;

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
  private long levelBytes;
  private boolean packed;

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
      if (column.metaData().codec() == CompressionCodec.SNAPPY) {
        requireFitting(at, past);
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

  /** Snappy's library writes as many bytes as it reads are to come, whatever room it is given. */
  private void requireFitting(long at, long past) throws IOException {
    if (!packed || (type != DATA && type != DICTIONARY && type != DATA_OF_SECOND_KIND)) {
      return;
    }
    long levels = type == DATA_OF_SECOND_KIND ? levelBytes : 0;
    long bytes = packedBytes - levels;
    long room = unpackedBytes - levels;
    if (bytes < 0 || room < 0) {
      throw new IOException(
          "the page at byte %d cannot have %d bytes of levels among its %d, %d unpacked"
              .formatted(at, levels, packedBytes, unpackedBytes));
    }
    ByteBuffer start = ByteBuffer.allocate((int) Math.min(bytes, LONGEST_SNAPPY_LENGTH));
    BlockFrame.readAt(channel, past + levels, start);
    long said = 0;
    for (int shift = 0; start.hasRemaining(); shift += 7) {
      byte next = start.get();
      said |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        break;
      }
    }
    if (said != room && bytes > 0) {
      throw new IOException(
          "the page at byte %d says that it unpacks to %d bytes, but its head says %d"
              .formatted(at, said, room));
    }
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
    levelBytes = 0;
    packed = true;
    var in = new ThriftCompact(head);
    for (int field = in.nextField(0); field != ThriftCompact.END; field = in.nextField(field)) {
      switch (field) {
        case 1 -> type = in.number();
        case 2 -> unpackedBytes = in.number();
        case 3 -> packedBytes = in.number();
        case DATA_HEAD, DICTIONARY_HEAD -> readValues(in, 2, false);
        case DATA_HEAD_OF_SECOND_KIND -> readValues(in, 4, true);
        default -> in.skip();
      }
    }
    if (unpackedBytes < 0 || packedBytes < 0 || values < 0) {
      throw new IOException(
          "a page cannot have %d bytes, %d unpacked, and %d values"
              .formatted(packedBytes, unpackedBytes, values));
    }
  }

  /**
   * How many values a page has, in which encoding, and, of the second kind, whether they are packed
   * and what lies before them.
   */
  private void readValues(ThriftCompact in, int encodingField, boolean second) throws IOException {
    in.requireStructure();
    values = -1;
    for (int field = in.nextField(0); field != ThriftCompact.END; field = in.nextField(field)) {
      if (field == 1) {
        values = in.number();
      } else if (field == encodingField) {
        encoding = in.number();
      } else if (second && (field == FIRST_LEVELS || field == SECOND_LEVELS)) {
        long bytes = in.number();
        if (bytes < 0 || bytes > Integer.MAX_VALUE) {
          throw new IOException("a page cannot have " + bytes + " bytes of levels");
        }
        levelBytes += bytes;
      } else if (second && field == PACKED) {
        packed = in.flag();
      } else {
        in.skip();
      }
    }
  }
}
