package io.headrace.ingest.file;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.UnpackLimit;
import io.headrace.ingest.decode.AvroRuns;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of an Avro container file; each becomes one chunk that is a run of records.
 *
 * <p>Frames (count, size, sync marker) are checked here, before Avro reads a block, so that a
 * damaged size cannot ask for absurd amounts of memory. A region whose frames are damaged counts as
 * one record, whatever it held; a sound frame whose contents cannot be unpacked counts as the
 * records it says it holds. Either is one fault, and reading goes on behind the next sync marker.
 */
final class AvroRecords implements FileRecords {
  private static final int SYNC_BYTES = 16;

  /** What is read of a block at once stays in the cache until it lies in the chunk. */
  private static final int READ_BYTES = 1 << 17;

  private final SourceFile file;
  private final long from;
  private final FileChannel channel;
  private final DataFileReader<Object> reader;
  private final ByteBuffer sync = ByteBuffer.allocate(SYNC_BYTES);
  private final ByteBuffer found = ByteBuffer.allocate(SYNC_BYTES);
  private final long length;
  private final int leastBytes;
  private final boolean packed;
  private long offset;
  private long position;

  /**
   * @throws IOException if it is no container or its head is damaged
   */
  AvroRecords(SourceFile file, long from) throws IOException {
    this.file = file;
    this.from = from;
    channel = FileChannel.open(file.path());
    try {
      ContainerHead.requireSound(channel);
      reader = opened(file);
      length = channel.size();
      offset = reader.previousSync();
      BlockFrame.readAt(channel, offset - SYNC_BYTES, sync);
      String codec = reader.getMetaString(DataFileConstants.CODEC);
      packed = codec != null && !codec.equals(DataFileConstants.NULL_CODEC);
      leastBytes = Math.max(1, AvroRuns.leastBytes(reader.getSchema()));
    } catch (IOException e) {
      channel.close();
      throw e;
    } catch (RuntimeException e) { // Avro meets damage with exceptions of many kinds
      channel.close();
      throw new IOException("its head is damaged: " + e.getMessage(), e);
    }
  }

  private static DataFileReader<Object> opened(SourceFile file) throws IOException {
    DataFileReader<Object> reader =
        new DataFileReader<>(file.path().toFile(), new GenericDatumReader<>());
    if (!DataFileConstants.XZ_CODEC.equals(reader.getMetaString(DataFileConstants.CODEC))) {
      return reader;
    }
    reader.close();
    if (!BoundedXz.register()) {
      throw new IOException(
          "its blocks are packed with xz. Pack them with zstandard or deflate, or name the jar of org.tukaani:xz in HEADRACE_CLASS_PATH");
    }
    return new DataFileReader<>(file.path().toFile(), new GenericDatumReader<>());
  }

  @Override
  public boolean read(RecordChunk chunk) throws IOException {
    while (offset < length) {
      BlockFrame frame = soundFrame();
      if (frame == null ? readFault(chunk) : readBlock(frame, chunk)) {
        return true;
      }
    }
    if (position < from) {
      throw FileRecords.shrunk(file, position, from);
    }
    return false;
  }

  private @Nullable BlockFrame soundFrame() throws IOException {
    BlockFrame frame = BlockFrame.at(channel, offset, length - SYNC_BYTES);
    if (frame == null) {
      return null;
    }
    BlockFrame.readAt(channel, frame.end(), found);
    return found.equals(sync) ? frame : null;
  }

  private boolean readBlock(BlockFrame frame, RecordChunk chunk) throws IOException {
    long first = position;
    long begin = offset;
    position = first + frame.count();
    offset = frame.end() + SYNC_BYTES;
    if (position <= from || frame.count() == 0) {
      return false;
    }
    chunk.start(file.partition(), Math.max(first, from));
    chunk.placeAt(begin);
    try {
      if (frame.end() - begin > UnpackLimit.bytes()) {
        throw new IOException(
            "a block may have " + UnpackLimit.bytes() + " bytes here, packed too");
      }
      int size = packed ? unpack(begin, frame.count(), chunk) : copy(frame, chunk);
      chunk.addReservedRun(size, frame.count(), first, reader.getSchema());
      chunk.skip((int) Math.max(0, from - first));
    } catch (IOException | RuntimeException e) { // codecs meet damage with exceptions of any kind
      String detail =
          place(begin) + " with " + frame.count() + " records cannot be unpacked: " + reason(e);
      chunk.addFault(RejectionReason.MALFORMED, detail, Math.max(first, from), 0);
      chunk.settleUpTo(position);
    }
    return true;
  }

  /** Reads a block's bytes from where they are into the chunk; returns how many those are. */
  private int copy(BlockFrame frame, RecordChunk chunk) throws IOException {
    int size = (int) (frame.end() - frame.begin());
    requireRoom(frame.count(), size);
    ByteBuffer into = ByteBuffer.wrap(chunk.reserve(size));
    for (int end = 0; end < size; ) {
      into.limit(Math.min(size, end + READ_BYTES));
      int count = channel.read(into, frame.begin() + end);
      if (count <= 0) {
        throw new IOException("the file was cut off while it was read");
      }
      end += count;
    }
    return size;
  }

  private int unpack(long begin, int count, RecordChunk chunk) throws IOException {
    reader.seek(begin);
    ByteBuffer block = reader.nextBlock();
    int size = block.remaining();
    requireRoom(count, size);
    block.get(chunk.reserve(size), 0, size);
    return size;
  }

  private void requireRoom(int count, int size) throws IOException {
    if (count > size / leastBytes) {
      throw new IOException("they would take more than its " + size + " bytes");
    }
    if (count > UnpackLimit.RECORDS) {
      throw new IOException("a block may have " + UnpackLimit.RECORDS + ". Write smaller blocks");
    }
  }

  private boolean readFault(RecordChunk chunk) throws IOException {
    long begin = offset;
    reader.sync(begin);
    offset = reader.previousSync();
    long at = position++;
    if (at < from) {
      return false;
    }
    String rest = offset < length ? "reading goes on at byte " + offset : "nothing follows it";
    String detail = place(begin) + " is damaged or cut off; " + rest;
    chunk.start(file.partition(), at);
    chunk.placeAt(begin);
    chunk.addFault(RejectionReason.MALFORMED, detail, at, 0);
    return true;
  }

  private String place(long begin) {
    return file.name() + ": the Avro block at byte " + begin + " of " + length;
  }

  private static String reason(Exception e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return String.valueOf(cause.getMessage());
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      reader.close();
    }
  }
}
