package io.headrace.sink.checkpoint;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.state.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A checkpoint as a safetensors file: the header's length as 8 little-endian bytes, the JSON
 * header, and the tensors one behind the other. Python's {@code safetensors} opens it as it is.
 * Equal checkpoints give equal bytes.
 */
final class CheckpointFile {
  private static final int LONGEST_HEADER_BYTES = 100_000_000; // what other readers accept

  private CheckpointFile() {}

  /** Writes all of {@code checkpoint} at the channel's position. */
  static void write(Checkpoint checkpoint, FileChannel to) throws IOException {
    List<Map.Entry<String, Tensor>> tensors = Header.inOrder(checkpoint);
    var digest = new Digest();
    tensors.forEach(entry -> digest.add(entry.getValue().data()));
    byte[] header = Header.bytes(CheckpointMetadata.of(checkpoint, digest.hex()), tensors);
    ByteBuffer length = ByteBuffer.allocate(Header.LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    writeFully(length.putLong(header.length).flip(), to);
    writeFully(ByteBuffer.wrap(header), to);
    for (var entry : tensors) {
      Iterator<ByteBuffer> chunks = Chunks.of(entry.getValue().data()).iterator();
      while (chunks.hasNext()) {
        writeFully(chunks.next(), to);
      }
    }
  }

  /**
   * Reads and verifies a whole file into fresh off-heap memory.
   *
   * @param file for messages
   */
  static Checkpoint read(String file, FileChannel from) throws IOException {
    byte[] headerBytes = headerBytes(file, from);
    Header header = Header.verified(file, headerBytes);
    long dataAt = (long) Header.LENGTH_BYTES + headerBytes.length;
    if (from.size() != dataAt + header.dataBytes()) {
      throw new CheckpointDamagedException(
          file,
          "it should be " + (dataAt + header.dataBytes()) + " bytes long and is " + from.size());
    }
    MemorySegment data = Arena.ofAuto().allocate(Math.max(1, header.dataBytes()), 64);
    data = data.asSlice(0, header.dataBytes());
    Iterator<ByteBuffer> chunks = Chunks.of(data).iterator();
    long position = dataAt;
    while (chunks.hasNext()) {
      position += readFully(file, chunks.next(), from, position);
    }
    verify(file, header, data);
    return CheckpointMetadata.checkpoint(file, header.metadata(), tensors(header, data));
  }

  /** The metadata of a file's header, not verified, for listings. */
  static Map<String, String> metadata(String file, FileChannel from) throws IOException {
    return Header.parsed(file, headerBytes(file, from)).metadata();
  }

  /** The positions in a file's header, which is verified. */
  static Positions positions(String file, FileChannel from) throws IOException {
    Header header = Header.verified(file, headerBytes(file, from));
    return CheckpointMetadata.checkpoint(file, header.metadata(), new TreeMap<>())
        .ledger()
        .positions();
  }

  private static byte[] headerBytes(String file, FileChannel from) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Header.LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(file, length, from, 0);
    long bytes = length.getLong(0);
    long rest = from.size() - Header.LENGTH_BYTES;
    if (bytes < 0 || bytes > Math.min(rest, LONGEST_HEADER_BYTES)) {
      throw new CheckpointDamagedException(
          file, "its header should be " + bytes + " bytes long, and " + rest + " bytes follow");
    }
    byte[] header = new byte[(int) bytes];
    readFully(file, ByteBuffer.wrap(header), from, Header.LENGTH_BYTES);
    return header;
  }

  private static void verify(String file, Header header, MemorySegment data) {
    String expected = CheckpointMetadata.text(file, header.metadata(), "data_sha256");
    String found = new Digest().add(data).hex();
    if (!found.equals(expected)) {
      throw new CheckpointDamagedException(
          file, "its tensors have SHA-256 " + found + ", not " + expected);
    }
  }

  private static SortedMap<String, Tensor> tensors(Header header, MemorySegment data) {
    var tensors = new TreeMap<String, Tensor>();
    for (Header.Placed placed : header.tensors()) {
      MemorySegment its = data.asSlice(placed.from(), placed.to() - placed.from());
      tensors.put(placed.name(), new Tensor(placed.type(), placed.shape(), its));
    }
    return tensors;
  }

  private static void writeFully(ByteBuffer bytes, FileChannel to) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  private static long readFully(String file, ByteBuffer into, FileChannel from, long position)
      throws IOException {
    long at = position;
    while (into.hasRemaining()) {
      int count = from.read(into, at);
      if (count < 0) {
        throw new CheckpointDamagedException(file, "it ends after " + at + " bytes");
      }
      at += count;
    }
    return at - position;
  }
}
