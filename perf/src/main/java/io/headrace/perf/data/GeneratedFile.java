package io.headrace.perf.data;

import io.headrace.engine.error.HeadraceException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * Writes the files that sparse streams are measured on, as Vowpal Wabbit's text: {@code ctr},
 * {@code dense}, or the flights of the published Parquet file. The same arguments give the same
 * bytes.
 */
public final class GeneratedFile {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final long SEED = 20261;
  private static final String USAGE =
      "Use ctr FILE [ROWS, 1000000 by default], dense FILE [ROWS, 500000], or flights FILE PARQUET.";

  private GeneratedFile() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2 || arguments.length > 3) {
      throw new HeadraceException(USAGE);
    }
    Path file = Path.of(arguments[1]);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    String option = arguments.length == 3 ? arguments[2] : "";
    long rows =
        switch (arguments[0]) {
          case "ctr" -> ctr(file, rows(option, 1_000_000));
          case "dense" -> dense(file, rows(option, 500_000));
          case "flights" -> flights(file, Path.of(option));
          default -> throw new HeadraceException(arguments[0] + " is not known. " + USAGE);
        };
    System.out.printf(Locale.ROOT, "%,d rows, %,d bytes in %s%n", rows, Files.size(file), file);
  }

  /** Clicks; the drift is in the middle. */
  static long ctr(Path file, long rows) throws IOException {
    return write(file, rows, new CtrRows(SEED, rows / 2));
  }

  static long dense(Path file, long rows) throws IOException {
    return write(file, rows, new DenseRows(SEED));
  }

  /** The first lines of {@code ctr}, without their ends. */
  public static List<byte[]> ctrLines(int rows) {
    var all = new CtrRows(SEED, rows);
    return LongStream.range(0, rows).mapToObj(i -> line(all, i)).toList();
  }

  private static byte[] line(GeneratedRows rows, long index) {
    var line = new StringBuilder();
    rows.append(index, line);
    return line.toString().strip().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** All flights, by time of departure. */
  static long flights(Path file, Path parquet) throws IOException {
    List<Flight> flights = FlightsExtract.sorted(parquet);
    return write(
        file, flights.size(), (index, to) -> flights.get(Math.toIntExact(index)).appendVw(to));
  }

  private static long write(Path file, long rows, GeneratedRows from) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES)) {
      var line = new StringBuilder();
      for (long i = 0; i < rows; i++) {
        line.setLength(0);
        from.append(i, line);
        out.write(line.toString().getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    return rows;
  }

  private static long rows(String argument, long otherwise) {
    return argument.isEmpty() ? otherwise : Long.parseLong(argument);
  }
}
