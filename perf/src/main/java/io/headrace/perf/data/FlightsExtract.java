package io.headrace.perf.data;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;

/**
 * The program that made {@code examples/flights/flights.avro}: the earliest flights of the
 * published Parquet file, in time order, as an Avro container file. The same input gives the same
 * bytes. Arguments: Parquet file to read, Avro file to write, number of flights.
 */
public final class FlightsExtract {
  private static final int BLOCK_BYTES = 1 << 20;
  // Avro would draw it at random, and every run would give another file.
  private static final byte[] SYNC_MARKER = {
    'h', 'e', 'a', 'd', 'r', 'a', 'c', 'e', '-', 'f', 'l', 'i', 'g', 'h', 't', 's'
  };

  private FlightsExtract() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 3) {
      throw new HeadraceException(
          "FlightsExtract takes three arguments: flights-3m.parquet flights.avro 300000");
    }
    Path avro = Path.of(arguments[1]);
    int written = extract(Path.of(arguments[0]), avro, Integer.parseInt(arguments[2]));
    System.out.printf("%,d flights, %,d bytes in %s%n", written, Files.size(avro), avro);
  }

  /**
   * Writes the earliest flights in time order; flights of the same minute stay in the order of the
   * Parquet file.
   *
   * @param flights how many at most
   * @return how many were written
   */
  static int extract(Path parquet, Path avro, int flights) throws IOException {
    List<Flight> all = sorted(parquet);
    List<Flight> earliest = all.subList(0, Math.min(flights, all.size()));
    Schema schema = schema();
    try (var writer = new DataFileWriter<GenericRecord>(new GenericDatumWriter<>(schema))) {
      writer.setCodec(CodecFactory.deflateCodec(9)).setSyncInterval(BLOCK_BYTES);
      writer.create(schema, Files.newOutputStream(avro), SYNC_MARKER);
      for (Flight flight : earliest) {
        writer.append(flight.toAvro(schema));
      }
    }
    return earliest.size();
  }

  /** The schema of the flights, {@code examples/flights/flight.avsc}. */
  static Schema schema() throws IOException {
    try (var in = FlightsExtract.class.getResourceAsStream("flight.avsc")) {
      return new Schema.Parser().parse(Objects.requireNonNull(in, "flight.avsc"));
    }
  }

  /** All flights in time order; those of the same minute stay in the order of the file. */
  static List<Flight> sorted(Path parquet) throws IOException {
    List<Flight> flights = read(parquet);
    flights.sort(Comparator.comparing(Flight::departure));
    return flights;
  }

  private static List<Flight> read(Path parquet) throws IOException {
    List<Flight> flights = new ArrayList<>();
    Map<String, String> airports = new HashMap<>();
    try (var file = ParquetFileReader.open(InputFile.of(parquet));
        RowReader rows = file.rowReader()) {
      while (rows.hasNext()) {
        rows.next();
        flights.add(
            new Flight(
                rows.getLocalTimestamp("date"),
                Math.toIntExact(rows.getLong("delay")),
                Math.toIntExact(rows.getLong("distance")),
                airports.computeIfAbsent(rows.getString("origin"), name -> name),
                airports.computeIfAbsent(rows.getString("destination"), name -> name)));
      }
    }
    return flights;
  }
}
