package io.headrace.app.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Trips of a producer before and after its upgrade, in Confluent framing. Not thread-safe. */
final class Trips {
  static final Schema OLD =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Trip", "fields": [
                {"name": "paid", "type": "boolean"},
                {"name": "meters", "type": "int"},
                {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["TAXI", "BUS"]}},
                {"name": "seats", "type": "int"}]}
              """);

  /** With a field added, one removed, one renamed and promoted, others moved, and more symbols. */
  static final Schema NEW =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Trip", "fields": [
                {"name": "kind", "type": {"type": "enum", "name": "Kind",
                  "symbols": ["OTHER", "BUS", "TAXI", "TRAM"], "default": "OTHER"}},
                {"name": "distance", "type": "double", "aliases": ["meters"]},
                {"name": "rain", "type": "float", "default": 0.5},
                {"name": "paid", "type": "boolean"}]}
              """);

  /** What a reader of the old days was told to take for what may go or come one day. */
  static final Schema PREPARED =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Trip", "fields": [
                {"name": "paid", "type": "boolean"},
                {"name": "meters", "type": "double", "aliases": ["distance"]},
                {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["TAXI", "BUS"],
                  "default": "TAXI"}},
                {"name": "seats", "type": "int", "default": 4}]}
              """);

  /** {@link #NEW} under another name. */
  static Schema renamed(String name) {
    return new Schema.Parser().parse(NEW.toString().replace("\"Trip\"", "\"" + name + "\""));
  }

  private final Random random;

  Trips(long seed) {
    random = new Random(seed);
  }

  /** A trip of an instance that was not upgraded. */
  byte[] old(int id) {
    boolean paid = random.nextBoolean();
    var trip = new GenericData.Record(OLD);
    trip.put("paid", paid);
    trip.put("meters", (paid ? 10 : 2) + random.nextInt(5));
    trip.put("kind", symbol(OLD, List.of("TAXI", "BUS")));
    trip.put("seats", 1 + random.nextInt(50));
    return framed(id, trip);
  }

  /** A trip of one that was. */
  byte[] upgraded(int id) {
    boolean paid = random.nextBoolean();
    var trip = new GenericData.Record(NEW);
    trip.put("kind", symbol(NEW, List.of("BUS", "TAXI", "TRAM")));
    trip.put("distance", (paid ? 10 : 2) + 5 * random.nextDouble());
    trip.put("rain", random.nextFloat());
    trip.put("paid", paid);
    return framed(id, trip);
  }

  private GenericData.EnumSymbol symbol(Schema trip, List<String> symbols) {
    return new GenericData.EnumSymbol(
        trip.getField("kind").schema(), symbols.get(random.nextInt(symbols.size())));
  }

  private static byte[] framed(int id, GenericRecord trip) {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<GenericRecord>(trip.getSchema()).write(trip, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
