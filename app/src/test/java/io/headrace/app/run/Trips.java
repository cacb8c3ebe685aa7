package io.headrace.app.run;

import io.headrace.ingest.decode.EvolvedTrips;
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
  /** {@link EvolvedTrips#NEW} under another name. */
  static Schema renamed(String name) {
    return new Schema.Parser()
        .parse(EvolvedTrips.NEW.toString().replace("\"Trip\"", "\"" + name + "\""));
  }

  private final Random random;

  Trips(long seed) {
    random = new Random(seed);
  }

  /** A trip of an instance that was not upgraded. */
  byte[] old(int id) {
    boolean paid = random.nextBoolean();
    var trip = new GenericData.Record(EvolvedTrips.OLD);
    trip.put("paid", paid);
    trip.put("meters", (paid ? 10 : 2) + random.nextInt(5));
    trip.put("kind", symbol(EvolvedTrips.OLD, List.of("TAXI", "BUS")));
    trip.put("seats", 1 + random.nextInt(50));
    return framed(id, trip);
  }

  /** A trip of one that was. */
  byte[] upgraded(int id) {
    boolean paid = random.nextBoolean();
    var trip = new GenericData.Record(EvolvedTrips.NEW);
    trip.put("kind", symbol(EvolvedTrips.NEW, List.of("BUS", "TAXI", "TRAM")));
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
