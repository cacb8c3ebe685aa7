package io.headrace.sink.journal;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.seal.BlockCipher;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.sink.BatchJournal.Run;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What one file of the journal says. The file is a row of frames, each its length and its CRC-32C
 * as big-endian integers and then that many bytes: first the positions where the segment begins,
 * then one frame for each batch. A frame that is cut off or damaged ends the segment.
 *
 * @param start positions before the first batch
 */
record Segment(Positions start, List<List<Run>> batches) {
  static final String KIND = "journal";

  private static final int FRAME_HEADER = 2 * Integer.BYTES;
  private static final int LONGEST_FRAME = 1 << 24;

  /** Null where not even the start can be read. */
  static @Nullable Segment read(Path file, BlockSeal seal) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    Optional<BlockCipher> cipher =
        bytes.hasRemaining()
            ? seal.of(file, KIND, String.valueOf(file.getFileName()))
            : Optional.empty();
    if (cipher.isEmpty()) {
      return null;
    }
    bytes.position(cipher.get().head().length);
    byte[] first = frame(file, bytes, cipher.get());
    if (first == null) {
      return null;
    }
    Positions start = positions(first);
    List<List<Run>> batches = new ArrayList<>();
    for (byte[] next = first; next != null; ) {
      next = frame(file, bytes, cipher.get());
      if (next != null) {
        batches.add(batch(next));
      }
    }
    return new Segment(start, batches);
  }

  /**
   * Where the segment begins, as it is written.
   *
   * @param at where it will lie in the file, as for {@link #frame(List, BlockCipher, long)}
   */
  static byte[] frame(Positions start, BlockCipher cipher, long at) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.writeInt(start.next().size());
    for (Map.Entry<SourcePartition, Long> entry : start.next().entrySet()) {
      write(entry.getKey(), out);
      out.writeLong(entry.getValue());
    }
    return framed(cipher.sealed(bytes.toByteArray(), at));
  }

  static byte[] frame(List<Run> batch, BlockCipher cipher, long at) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.writeInt(batch.size());
    for (Run run : batch) {
      write(run.partition(), out);
      out.writeLong(run.to());
      out.writeInt(run.rows());
      out.writeInt(run.rejected());
      out.writeInt(run.filtered());
    }
    return framed(cipher.sealed(bytes.toByteArray(), at));
  }

  private static void write(SourcePartition partition, DataOutputStream out) throws IOException {
    out.writeUTF(partition.source());
    out.writeInt(partition.partition());
  }

  private static byte[] framed(byte[] payload) {
    return ByteBuffer.allocate(FRAME_HEADER + payload.length)
        .putInt(payload.length)
        .putInt(crc(payload))
        .put(payload)
        .array();
  }

  /** The next whole frame's bytes; null at the end and where it is damaged. */
  private static byte @Nullable [] frame(Path file, ByteBuffer from, BlockCipher cipher) {
    int at = from.position();
    if (from.remaining() < FRAME_HEADER) {
      return null;
    }
    int length = from.getInt();
    int crc = from.getInt();
    if (length < Integer.BYTES || length > Math.min(LONGEST_FRAME, from.remaining())) {
      return null;
    }
    byte[] payload = new byte[length];
    from.get(payload);
    if (crc(payload) != crc) {
      return null;
    }
    byte[] opened = cipher.opened(payload, at);
    if (opened == null) {
      throw new HeadraceException(
          "The batch journal %s was changed after it was written: its frame at byte %,d fails authentication. Put back a good copy, or move it away: the batches behind the newest checkpoint are then made anew."
              .formatted(file, at));
    }
    return opened;
  }

  private static Positions positions(byte[] payload) throws IOException {
    var in = new DataInputStream(new ByteArrayInputStream(payload));
    var next = new TreeMap<SourcePartition, Long>();
    for (int count = in.readInt(); count > 0; count--) {
      next.put(partition(in), in.readLong());
    }
    return new Positions(next);
  }

  private static List<Run> batch(byte[] payload) throws IOException {
    var in = new DataInputStream(new ByteArrayInputStream(payload));
    List<Run> runs = new ArrayList<>();
    for (int count = in.readInt(); count > 0; count--) {
      runs.add(new Run(partition(in), in.readLong(), in.readInt(), in.readInt(), in.readInt()));
    }
    return runs;
  }

  private static SourcePartition partition(DataInputStream in) throws IOException {
    return new SourcePartition(in.readUTF(), in.readInt());
  }

  private static int crc(byte[] payload) {
    var crc = new CRC32C();
    crc.update(payload);
    return (int) crc.getValue();
  }
}
