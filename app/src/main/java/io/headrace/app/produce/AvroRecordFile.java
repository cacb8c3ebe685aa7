package io.headrace.app.produce;

import io.headrace.engine.error.HeadraceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * The records of an Avro container, each in Avro's single-object encoding (a marker, the schema's
 * fingerprint, the datum), so that a reader can tell which schema it was written in. Not
 * thread-safe.
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

  AvroRecordFile(Path file) {
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
    this.header =
        ByteBuffer.allocate(HEADER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) 0xC3)
            .put((byte) 0x01)
            .putLong(SchemaNormalization.parsingFingerprint64(reader.getSchema()))
            .array();
    this.encoder = EncoderFactory.get().directBinaryEncoder(value, null);
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
