package io.headrace.sink.archive;

import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.seal.BlockSeal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** A file of samples of one partition that is being written. Not thread-safe. */
final class SegmentWriter {
  /** What a file holds, in the label of one that is encrypted. */
  static final String KIND = "archive";

  private static final int BLOCK_BYTES = 256 << 10;
  private static final int QUICKEST = 1;

  private final Path part;
  private final SourcePartition partition;
  private final CanonicalSample samples;
  private final SegmentOutput bytes;
  private final DataFileWriter<Object> file =
      new DataFileWriter<>(new GenericDatumWriter<>(ArchivedSample.SCHEMA));
  private final ByteArrayOutputStream row = new ByteArrayOutputStream();
  private final BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(row, null);
  private long rows;
  private long firstPosition = Long.MAX_VALUE;
  private long lastPosition = Long.MIN_VALUE;
  private long firstStep;
  private long lastStep;

  /**
   * @param most bytes that wait in memory to be packed together
   */
  SegmentWriter(
      Path part, SourcePartition partition, SampleSchema schema, BlockSeal seal, long most)
      throws IOException {
    this.part = part;
    this.partition = partition;
    samples = new CanonicalSample(schema);
    bytes = new SegmentOutput(part, seal.begin(KIND, ""));
    file.setCodec(CodecFactory.zstandardCodec(QUICKEST, true, true));
    file.setSyncInterval((int) Math.min(BLOCK_BYTES, most));
    file.setMeta("headrace.source", partition.source());
    file.setMeta("headrace.partition", partition.partition());
    file.create(ArchivedSample.SCHEMA, bytes);
  }

  void add(ArchivedRows from, int i) throws IOException {
    row.reset();
    samples.write(from.rows, i, out);
    long position = from.rows.positions()[i];
    out.writeLong(from.step(i));
    out.writeInt(from.place(i));
    out.writeLong(position);
    out.flush();
    file.appendEncoded(ByteBuffer.wrap(row.toByteArray()));
    firstStep = rows == 0 ? from.step(i) : firstStep;
    lastStep = from.step(i);
    firstPosition = Math.min(firstPosition, position);
    lastPosition = Math.max(lastPosition, position);
    rows++;
  }

  /** Of the blocks that are full. */
  long bytes() {
    return bytes.bytes();
  }

  long rows() {
    return rows;
  }

  SourcePartition partition() {
    return partition;
  }

  /** Ends the file, makes it durable and gives it its name. */
  Segment finish(ArchiveFolder folder) throws IOException {
    file.close();
    String name = folder.place(part, partition, firstPosition, lastPosition);
    return new Segment(
        name,
        partition,
        firstPosition,
        lastPosition,
        firstStep,
        lastStep,
        rows,
        folder.size(name),
        bytes.hash());
  }

  /** Leaves nothing behind. */
  void abandon() throws IOException {
    bytes.abandon();
    Files.deleteIfExists(part);
  }
}
