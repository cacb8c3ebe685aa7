package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Holds what became of records against what Avro's own reader makes of them. We may be stricter in
 * what {@link #STRICTER} names, and more lenient where a number of few bits takes many bytes; in
 * nothing else. Not thread-safe.
 */
final class AvroTwin {
  private static final Pattern STRICTER =
      Pattern.compile(
          "boolean is |is beyond 32 bits|choice -?\\d{10,} is not within|left behind the record");

  /** What would have Avro allocate as much as a damaged length says. */
  private static final List<String> NOT_SHOWN =
      List.of("array or map of ", "text or bytes of length ");

  private final Schema reader;
  private final SampleMapping mapping;
  private final GenericDatumReader<Object> avro;
  private int bothAccept;
  private int bothReject;

  AvroTwin(Schema writer, Schema reader, SampleMapping mapping) {
    this.reader = reader;
    this.mapping = mapping;
    avro = new GenericDatumReader<>(writer, reader);
  }

  /**
   * @param row what became of {@code record}; null if it was rejected
   */
  void compare(byte[] record, @Nullable Row row, @Nullable String rejection, long position) {
    if (rejection != null && NOT_SHOWN.stream().anyMatch(rejection::contains)) {
      return;
    }
    String problem = rejection == null ? "" : rejection;
    boolean malformed = problem.startsWith("malformed");
    Object datum;
    try {
      BinaryDecoder in = DecoderFactory.get().binaryDecoder(record, null);
      datum = avro.read(null, in);
      if (!malformed) {
        assertThat(in.isEnd()).as(said(record, position)).isTrue();
      }
    } catch (IOException | RuntimeException e) { // Avro refuses in many ways
      boolean longer = String.valueOf(e.getMessage()).contains("Invalid int encoding");
      assertThat(malformed || longer).as("%s: Avro says %s", said(record, position), e).isTrue();
      bothReject++;
      return;
    }
    if (malformed) {
      assertThat(STRICTER.matcher(problem).find())
          .as("%s: we say %s, Avro reads %s", said(record, position), rejection, datum)
          .isTrue();
    } else {
      same(record, row, rejection, datum, position);
    }
  }

  /** Written in the reader's schema, what Avro read must lead to the same. */
  private void same(
      byte[] record, @Nullable Row row, @Nullable String rejection, Object datum, long position) {
    var trial = new Trial(DecoderSpec.avro("bare", Optional.of(reader)), mapping);
    byte[] rewritten = Flights.binary(reader, datum);
    trial.chunk().start(Trial.PARTITION, position);
    trial.chunk().add(rewritten, 0, rewritten.length, position, 1000);
    Trial.Outcome outcome = trial.decode();
    if (row == null) {
      assertThat(outcome.rejections()).as(said(record, position)).containsExactly("0 " + rejection);
    } else {
      assertThat(outcome.rows()).as(said(record, position)).containsExactly(row);
      bothAccept++;
    }
  }

  private static String said(byte[] record, long position) {
    return "seed %d, record %d, %s"
        .formatted(FuzzSettings.SEED, position, HexFormat.of().formatHex(record));
  }

  void requireAllKinds() {
    System.out.printf("  beside Avro: both accept %d, both reject %d%n", bothAccept, bothReject);
    assertThat(bothAccept).isPositive();
    assertThat(bothReject).isPositive();
  }
}
