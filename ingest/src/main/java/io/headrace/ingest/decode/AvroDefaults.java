package io.headrace.ingest.decode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Steps that stand for fields which the writer did not have: the reader's defaults. Stateless. */
final class AvroDefaults {
  private AvroDefaults() {}

  /**
   * Reads the default of {@code field} as if it stood in the record.
   *
   * @param step for values that were written in the schema of {@code field}
   */
  static AvroStep of(Field field, AvroStep step) {
    byte[] bytes = encoded(field);
    return (in, row) -> {
      var value = new AvroInput();
      value.reset(bytes, 0, bytes.length);
      step.run(value, row);
    };
  }

  private static byte[] encoded(Field field) {
    var bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<>(field.schema())
          .write(GenericData.get().getDefaultValue(field), encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
