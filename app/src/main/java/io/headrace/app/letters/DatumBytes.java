package io.headrace.app.letters;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/** Avro data of one schema, bare or in single-object encoding, on its way into a container. */
record DatumBytes(Schema schema) {
  private static final int HEADER_BYTES = 10;

  static DatumBytes of(Path file) {
    try {
      return new DatumBytes(new Schema.Parser().parse(Files.readString(file)));
    } catch (IOException | AvroRuntimeException e) {
      throw new HeadraceException(
          "--schema %s: is no Avro schema that can be read: %s.".formatted(file, e.getMessage()),
          e);
    }
  }

  /** Why these bytes are no datum of the schema; empty if they are. */
  Optional<String> refusal(byte[] payload) {
    if (framed(payload)
        && fingerprint(payload) != SchemaNormalization.parsingFingerprint64(schema)) {
      return Optional.of("was written in another schema than --schema");
    }
    try {
      byte[] datum = datum(payload);
      BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(datum, null);
      new GenericDatumReader<>(schema).read(null, decoder);
      return decoder.isEnd() ? Optional.empty() : Optional.of("has bytes behind its Avro datum");
    } catch (IOException | RuntimeException e) { // damaged bytes make Avro throw anything
      return Optional.of("is no Avro datum of --schema (" + e.getMessage() + ")");
    }
  }

  void write(Path to, List<byte[]> payloads) throws IOException {
    try (var writer = new DataFileWriter<Object>(new GenericDatumWriter<>(schema))) {
      writer.setCodec(CodecFactory.deflateCodec(CodecFactory.DEFAULT_DEFLATE_LEVEL));
      writer.create(schema, to.toFile());
      for (byte[] payload : payloads) {
        writer.appendEncoded(ByteBuffer.wrap(datum(payload)));
      }
    }
  }

  private static boolean framed(byte[] payload) {
    return payload.length >= HEADER_BYTES && payload[0] == (byte) 0xC3 && payload[1] == 1;
  }

  private static long fingerprint(byte[] payload) {
    return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
  }

  private static byte[] datum(byte[] payload) {
    return framed(payload) ? Arrays.copyOfRange(payload, HEADER_BYTES, payload.length) : payload;
  }
}
