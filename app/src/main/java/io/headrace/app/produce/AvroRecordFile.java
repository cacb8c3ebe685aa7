package io.headrace.app.produce;

import io.headrace.engine.error.HeadraceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.function.Function;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * The records of an Avro container, each behind a head by which a reader can tell the schema that
 * it was written in. Not thread-safe.
 */
final class AvroRecordFile implements RecordFile {
  private static final int HEADER_BYTES = 10;

  private final Path file;
  private final DataFileReader<GenericRecord> reader;
  private final GenericDatumWriter<GenericRecord> writer;
  private final byte[] header;
  private final ByteArrayOutputStream value = new ByteArrayOutputStream();
  private final BinaryEncoder encoder;
  private @Nullable GenericRecord record;

  /**
   * @param head makes what stands before every record of the container's schema
   */
  AvroRecordFile(Path file, Function<Schema, byte[]> head) {
    this.file = file;
    try {
      this.reader = new DataFileReader<>(file.toFile(), new GenericDatumReader<>());
    } catch (IOException e) {
      throw new HeadraceException(
          "%s is not an Avro container file (%s). Give it an ending that says what it is."
              .formatted(file, e.getMessage()),
          e);
    }
    this.writer = new GenericDatumWriter<>(reader.getSchema());
    this.header = head.apply(reader.getSchema());
    this.encoder = EncoderFactory.get().directBinaryEncoder(value, null);
  }

  /** Of Avro's single-object encoding: a marker and the schema's fingerprint. */
  static byte[] singleObjectHead(Schema schema) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 0xC3)
        .put((byte) 0x01)
        .putLong(SchemaNormalization.parsingFingerprint64(schema))
        .array();
  }

  /** Of Confluent framing: a zero and the schema's id in a registry. */
  static byte[] confluentHead(int id) {
    return ByteBuffer.allocate(1 + Integer.BYTES).put((byte) 0).putInt(id).array();
  }

  @Override
  public boolean hasNext() {
    try {
      return reader.hasNext();
    } catch (AvroRuntimeException e) {
      throw damaged(e);
    }
  }

  @Override
  public byte[] next() {
    try {
      record = reader.next(record);
      value.reset();
      value.writeBytes(header);
      writer.write(record, encoder);
      encoder.flush();
      return value.toByteArray();
    } catch (IOException | AvroRuntimeException e) {
      throw damaged(e);
    }
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HeadraceException damaged(Exception e) {
    return new HeadraceException(
        "%s is damaged: %s. The records before were sent.".formatted(file, e.getMessage()), e);
  }
}
