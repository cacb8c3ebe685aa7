package io.headrace.ingest.decode;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;

/** Steps that stand for fields which the writer did not have: the reader's defaults. Stateless. */
final class AvroDefaults {
  private AvroDefaults() {}

  static AvroStep of(Field field, FieldTable.Use use) {
    Object value = GenericData.get().getDefaultValue(field);
    return (in, row) -> {
      use.slots().forEach(slot -> put(value, slot, row.values()));
      use.vectors().forEach(input -> put(value, row.vector(input)));
    };
  }

  private static void put(Object value, int slot, FieldValues values) {
    switch (value) {
      case null -> values.clear(slot);
      case Integer number -> values.integer(slot, number);
      case Long number -> values.integer(slot, number);
      case Number number -> values.real(slot, number.doubleValue());
      case Boolean flag -> values.flag(slot, flag);
      default -> {
        byte[] bytes = bytes(value);
        values.text(slot, bytes, 0, bytes.length);
      }
    }
  }

  private static void put(Object value, VectorWriter vector) {
    if (value == null) {
      return;
    }
    vector.start();
    if (value instanceof Collection<?> numbers) {
      numbers.forEach(
          number -> vector.add(number instanceof Number n ? n.floatValue() : Float.NaN));
    } else {
      byte[] bytes = bytes(value);
      vector.addFloats(bytes, 0, bytes.length);
    }
  }

  private static byte[] bytes(Object value) {
    return switch (value) {
      case ByteBuffer buffer -> {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        yield bytes;
      }
      case GenericFixed fixed -> fixed.bytes();
      default -> value.toString().getBytes(StandardCharsets.UTF_8);
    };
  }
}
