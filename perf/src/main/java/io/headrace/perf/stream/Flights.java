package io.headrace.perf.stream;

import io.headrace.engine.sample.LabelSpec;
import io.headrace.ingest.decode.InputMapping;
import io.headrace.ingest.decode.LabelMapping;
import io.headrace.ingest.decode.SampleMapping;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * Generated flights, for sparse inputs: the fields of {@code flight.avsc} with made-up values.
 * Immutable; two with the same seed hold the same flights.
 */
public final class Flights {
  /** Columns of {@link #csv}, in order. */
  public static final List<String> COLUMNS =
      List.of("origin", "destination", "distance", "hour", "weekday", "late");

  /** Bits of the hashed ids. */
  public static final int BITS = 18;

  private static final int AIRPORTS = 300;

  private final List<GenericRecord> flights;

  private Flights(List<GenericRecord> flights) {
    this.flights = List.copyOf(flights);
  }

  /** Makes {@code count} flights. */
  public static Flights generate(int count, long seed) {
    var random = new Random(seed);
    Schema schema = schema();
    return new Flights(random.ints(count).mapToObj(_ -> flight(schema, random)).toList());
  }

  /** The schema of the flights. */
  public static Schema schema() {
    try (InputStream in = Flights.class.getResourceAsStream("../data/flight.avsc")) {
      return new Schema.Parser().parse(Objects.requireNonNull(in, "flight.avsc"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How a flight becomes a sample: five features, of which four are categories. */
  public static SampleMapping mapping() {
    List<String> fields = List.of("origin", "destination", "distance", "hour", "weekday");
    return new SampleMapping(
        new LabelMapping("late", new LabelSpec.Classes(List.of("on-time", "late"))),
        Optional.empty(),
        Optional.empty(),
        List.of(
            new InputMapping.SparseFields(
                "features",
                fields,
                BITS,
                List.of("hour", "weekday"),
                Map.of("distance", 0.001),
                List.of())));
  }

  /** Each flight as a bare Avro datum. */
  public List<byte[]> avro() {
    return flights.stream().map(Flights::encoded).toList();
  }

  /** Each flight as a line of CSV without its end. */
  public List<byte[]> csv() {
    return flights.stream()
        .map(flight -> String.join(",", COLUMNS.stream().map(c -> flight.get(c) + "").toList()))
        .map(line -> line.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  /** Each flight as a JSON object. */
  public List<byte[]> json() {
    return flights.stream()
        .map(flight -> flight.toString().getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  /** How many are late. */
  public int late() {
    return (int) flights.stream().filter(flight -> flight.get("late").equals("late")).count();
  }

  private static GenericRecord flight(Schema schema, Random random) {
    var flight = new GenericData.Record(schema);
    int delay = (int) (random.nextGaussian() * 20);
    flight.put("origin", airport(random));
    flight.put("destination", airport(random));
    flight.put("distance", 80 + random.nextInt(2600));
    flight.put("hour", random.nextInt(24));
    flight.put("weekday", 1 + random.nextInt(7));
    flight.put("month", 1 + random.nextInt(12));
    flight.put("delay", delay);
    flight.put("late", delay >= 15 ? "late" : "on-time");
    flight.put("departure", 1_136_073_600_000L + random.nextInt(1 << 30));
    return flight;
  }

  private static String airport(Random random) {
    int number = (int) Math.min(AIRPORTS - 1, Math.abs(random.nextGaussian()) * AIRPORTS / 4);
    char[] code = {'A', (char) ('A' + number / 26), (char) ('A' + number % 26)};
    return new String(code);
  }

  private static byte[] encoded(GenericRecord flight) {
    var bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<GenericRecord>(flight.getSchema()).write(flight, encoder);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
