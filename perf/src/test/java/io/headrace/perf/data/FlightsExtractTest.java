package io.headrace.perf.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightsExtractTest {
  private static final Path COMMITTED = Path.of("..", "examples", "flights", "flights.avro");

  @TempDir private Path directory;

  @Test
  void theExampleHoldsTheEarliestThreeHundredThousandFlightsInTimeOrder() throws Exception {
    assertThat(Files.size(COMMITTED)).isLessThanOrEqualTo(4_000_000);
    Schema schema = FlightsExtract.schema();
    int flights = 0;
    int late = 0;
    long previous = Long.MIN_VALUE;
    try (var reader =
        new DataFileReader<GenericRecord>(COMMITTED.toFile(), new GenericDatumReader<>())) {
      assertThat(reader.getSchema()).isEqualTo(schema);
      for (GenericRecord flight : reader) {
        long departure = (long) flight.get("departure");
        assertThat(departure).isGreaterThanOrEqualTo(previous);
        previous = departure;
        boolean isLate = "late".contentEquals((CharSequence) flight.get("late"));
        assertThat(isLate).isEqualTo((int) flight.get("delay") >= Flight.LATE_FROM_MINUTES);
        flights++;
        late += isLate ? 1 : 0;
      }
    }
    assertThat(flights).isEqualTo(300_000);
    assertThat((double) late / flights).isCloseTo(0.22, within(0.04));
  }

  @Test
  void givesTheSameBytesEachTime() throws Exception {
    Path parquet = data().resolve("flights").resolve("flights-3m.parquet");
    assumeTrue(
        Files.exists(parquet),
        "skipped: no "
            + parquet
            + "; put flights-3m.parquet of npm's vega-datasets 3.2.1 there, or set HEADRACE_DATA");
    Path again = directory.resolve("again.avro");
    assertThat(FlightsExtract.extract(parquet, again, 300_000)).isEqualTo(300_000);
    assertThat(again).hasSameBinaryContentAs(COMMITTED);
  }

  private static Path data() {
    return Optional.ofNullable(System.getenv("HEADRACE_DATA"))
        .map(Path::of)
        .orElse(Path.of(System.getProperty("user.home"), ".cache", "headrace-data"));
  }
}
