package io.headrace.ingest.decode;

import io.headrace.engine.sample.LabelSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.EncoderFactory;

/** Flights as some airline might write them, and what a job makes of them. */
final class Flights {
  static final Schema SCHEMA =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Flight", "namespace": "air", "fields": [
                {"name": "tail", "type": "string"},
                {"name": "origin", "type": "string"},
                {"name": "distance", "type": ["null", "int"]},
                {"name": "day", "type": {"type": "enum", "name": "Day", "symbols": ["MO", "TU"]}},
                {"name": "legs", "type": {"type": "array", "items": "string"}},
                {"name": "plane", "type": {"type": "record", "name": "Plane", "fields": [
                  {"name": "seats", "type": "double"}, {"name": "extras", "type": {"type": "map", "values": "long"}}]}},
                {"name": "left", "type": {"type": "long", "logicalType": "timestamp-micros"}},
                {"name": "counts", "type": "float"},
                {"name": "late", "type": "boolean"}]}
              """);

  static final InputMapping.SparseFields FEATURES =
      new InputMapping.SparseFields("features", List.of("origin", "distance", "day"), 18);
  static final InputMapping.DenseFields NUMBERS =
      new InputMapping.DenseFields("numbers", List.of("plane.seats", "distance"));

  static final SampleMapping MAPPING =
      new SampleMapping(
          new LabelMapping("late", new LabelSpec.Classes(List.of("on-time", "late"))),
          Optional.of("counts"),
          Optional.of("left"),
          List.of(FEATURES, NUMBERS));

  private Flights() {}

  static byte[] flight(String origin, int distance, String day, double seats, boolean late) {
    var plane = new GenericData.Record(SCHEMA.getField("plane").schema());
    plane.put("seats", seats);
    plane.put("extras", Map.of("meals", 3L, "wifi", 1L));
    var flight = new GenericData.Record(SCHEMA);
    flight.put("tail", "N1");
    flight.put("origin", origin);
    flight.put("distance", distance);
    flight.put("day", new GenericData.EnumSymbol(SCHEMA.getField("day").schema(), day));
    flight.put("legs", List.of("one", "two"));
    flight.put("plane", plane);
    flight.put("left", 1_700_000_000_123_999L);
    flight.put("counts", 0.5f);
    flight.put("late", late);
    return binary(SCHEMA, flight);
  }

  /** What becomes of {@link #flight}. */
  static Row row(
      long position, String origin, int distance, String day, double seats, boolean late) {
    return Row.of(
        position,
        late ? 1 : 0,
        0.5f,
        1_700_000_000_123L,
        List.of(
            Row.text("origin", origin, 18),
            Row.number("distance", distance, 18),
            Row.text("day", day, 18)),
        Row.floats((float) seats, distance));
  }

  static byte[] binary(Schema schema, Object datum) {
    var bytes = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<>(schema).write(datum, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static byte[] record(Schema schema, Map<String, ?> fields) {
    GenericRecord record = new GenericData.Record(schema);
    fields.forEach(record::put);
    return binary(schema, record);
  }

  static byte[] singleObject(Schema schema, byte[] record) {
    return ByteBuffer.allocate(10 + record.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 0xC3)
        .put((byte) 1)
        .putLong(SchemaNormalization.parsingFingerprint64(schema))
        .put(record)
        .array();
  }

  static byte[] confluent(int id, byte[] record) {
    return ByteBuffer.allocate(5 + record.length).put((byte) 0).putInt(id).put(record).array();
  }

  static byte[] joined(byte[]... parts) {
    var bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }
}
