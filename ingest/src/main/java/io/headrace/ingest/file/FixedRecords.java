package io.headrace.ingest.file;

import io.headrace.ingest.RecordChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Records of a fixed number of bytes; what is left at the end of the file is a shorter one. */
final class FixedRecords implements FileRecords {
  private static final int CHUNK_BYTES = 256 << 10;

  private final SourceFile file;
  private final FileChannel channel;
  private final int recordBytes;
  private final int chunkRows;
  private final long length;
  private long position;

  FixedRecords(SourceFile file, int recordBytes, FileLimits limits, long from) throws IOException {
    this.file = file;
    this.recordBytes = recordBytes;
    chunkRows = Math.clamp(CHUNK_BYTES / recordBytes, 1, limits.chunkRows());
    channel = FileChannel.open(file.path());
    length = channel.size();
    position = from;
  }

  @Override
  public boolean read(RecordChunk chunk) throws IOException {
    long records = Math.ceilDiv(length, recordBytes);
    if (position > records) {
      throw FileRecords.shrunk(file, records, position);
    }
    int count = (int) Math.min(chunkRows, records - position);
    if (count == 0) {
      return false;
    }
    chunk.start(file.partition(), position);
    long begin = position * recordBytes;
    int size = (int) Math.min((long) count * recordBytes, length - begin);
    ByteBuffer bytes = ByteBuffer.wrap(chunk.reserve(size), 0, size);
    while (bytes.hasRemaining() && channel.read(bytes, begin + bytes.position()) > 0) {
      // Most reads are whole at once.
    }
    for (int rest = bytes.position(); rest > 0; rest -= recordBytes) {
      chunk.placeAt(position * recordBytes);
      chunk.addReserved(Math.min(rest, recordBytes), position++, 0);
    }
    return chunk.count() > 0;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
