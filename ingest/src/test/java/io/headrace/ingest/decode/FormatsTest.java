package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.LabelSpec;
import io.headrace.schemas.Sample;
import io.headrace.schemas.Schemas;
import io.headrace.schemas.SparseIds;
import io.headrace.schemas.SparseNames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each format and framing, once, from bytes to rows. */
class FormatsTest {
  private static final byte[] FIRST = Flights.flight("JFK", 2475, "TU", 180, true);
  private static final byte[] SECOND = Flights.flight("Zürich", -3, "MO", 9.5, false);
  private static final List<Row> ROWS =
      List.of(
          Flights.row(0, "JFK", 2475, "TU", 180, true),
          Flights.row(1, "Zürich", -3, "MO", 9.5, false));

  private static Trial avro(String framing) {
    return new Trial(DecoderSpec.avro(framing, Optional.of(Flights.SCHEMA)), Flights.MAPPING);
  }

  @Test
  void readsTheBlocksOfAContainer() {
    byte[] block = Flights.joined(FIRST, SECOND);
    Trial trial = avro("container");
    trial.chunk().addRun(block, block.length, 2, 0, Flights.SCHEMA);
    assertThat(trial.rows()).isEqualTo(ROWS);
  }

  @Test
  void readsOverRecordsOfABlockThatWereSettledBefore() {
    byte[] block = Flights.joined(FIRST, SECOND, FIRST);
    Trial trial = avro("container");
    trial.chunk().addRun(block, block.length, 3, 40, Flights.SCHEMA);
    trial.chunk().skip(2);
    assertThat(trial.rows()).containsExactly(Flights.row(42, "JFK", 2475, "TU", 180, true));
  }

  @Test
  void readsSingleObjectEncoding() {
    Trial trial =
        avro("single-object")
            .add(Flights.singleObject(Flights.SCHEMA, FIRST))
            .add(Flights.singleObject(Flights.SCHEMA, SECOND));
    assertThat(trial.rows()).isEqualTo(ROWS);
  }

  @Test
  void readsConfluentFraming() {
    Trial trial =
        avro("confluent").add(Flights.confluent(7, FIRST)).add(Flights.confluent(-1, SECOND));
    assertThat(trial.rows()).isEqualTo(ROWS);
  }

  @Test
  void readsBareRecords() {
    assertThat(avro("bare").add(FIRST).add(SECOND).rows()).isEqualTo(ROWS);
  }

  @Test
  void readsCanonicalSamples() {
    var mapping =
        new SampleMapping(
            new LabelMapping("label", new LabelSpec.Numeric()),
            Optional.empty(),
            Optional.empty(),
            List.of(
                new InputMapping.SparseFields("ids", List.of(), 10),
                new InputMapping.SparseFields("packed", List.of(), 10),
                new InputMapping.SparseFields("words", List.of(), 20),
                new InputMapping.DenseVector("x", "x", 3),
                new InputMapping.DenseVector("y", "y", 2)));
    ByteBuffer floats = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    floats.putFloat(1).putFloat(-2.5f).putFloat(1e-9f).flip();
    Sample full =
        Sample.newBuilder()
            .setId("made by hand")
            .setLabel(-0.25)
            .setWeight(3)
            .setEventTime(Instant.ofEpochMilli(77))
            .setInputs(
                Map.of(
                    "ids",
                    new SparseIds(List.of(5, 1029, -1), List.of(1f, 2f, 3f), List.of()),
                    "words",
                    new SparseNames(List.of("red", "fast"), List.of()),
                    "packed",
                    RejectionsTest.packed(new int[] {5, 1029, -1, 1 << 31}, 1, 2, 3, 0),
                    "x",
                    floats,
                    "unknown",
                    new SparseIds(List.of(1), List.of(), List.of()),
                    "y",
                    List.of(8f, 9f)))
            .build();
    Sample plain =
        Sample.newBuilder()
            .setLabel("4")
            .setInputs(Map.of("x", floats, "y", List.of(0f, 0f)))
            .build();
    Trial trial =
        new Trial(DecoderSpec.avro("single-object", Optional.empty()), mapping)
            .add(Schemas.message(full))
            .add(Schemas.message(plain));
    assertThat(trial.rows())
        .containsExactly(
            Row.of(
                0,
                -0.25f,
                3,
                77,
                List.of("5:1.0", "5:2.0", "1023:3.0"),
                List.of("5:1.0", "5:2.0", "1023:3.0", "0:0.0"),
                List.of(
                    Row.pair(Murmur3.hash("red"), 20, 1), Row.pair(Murmur3.hash("fast"), 20, 1)),
                Row.floats(1, -2.5f, 1e-9f),
                Row.floats(8, 9)),
            Row.of(
                1,
                4,
                1,
                1001,
                List.of(),
                List.of(),
                List.of(),
                Row.floats(1, -2.5f, 1e-9f),
                Row.floats(0, 0)));
  }

  private static final SampleMapping TEXT =
      new SampleMapping(
          new LabelMapping("late", new LabelSpec.Classes(List.of("on-time", "late"))),
          Optional.of("w"),
          Optional.of("when"),
          List.of(
              new InputMapping.SparseFields(
                  "features",
                  List.of("origin", "hour", "km"),
                  18,
                  List.of("hour"),
                  Map.of("km", 0.5),
                  List.of(List.of("origin", "km"))),
              new InputMapping.DenseFields("numbers", List.of("km"))));

  private static final List<Row> TEXT_ROWS =
      List.of(
          Row.of(
              0,
              1,
              2,
              1_769_860_805_250L,
              List.of(
                  Row.text("origin", "St. John's, \"NF\"", 18),
                  Row.text("hour", "7", 18),
                  Row.number("km", 10, 18),
                  Row.pair(
                      (Row.textHash("origin", "St. John's, \"NF\"") * 16777619)
                          ^ Murmur3.hash("km"),
                      18,
                      10)),
              Row.floats(20)),
          Row.of(
              1,
              0,
              1,
              1001,
              List.of(Row.text("hour", "23", 18), Row.number("km", -0.75f, 18)),
              Row.floats(-1.5f)));

  private static final String CSV_FIRST =
      "late,\"St. John's, \"\"NF\"\"\",7,2e1,2026-01-31T12:00:05.250Z,2,x\r\n";
  private static final String CSV_SECOND = "0,,23,-1.5,,,\n";
  private static final List<String> COLUMNS =
      List.of("late", "origin", "hour", "km", "when", "w", "unused");

  @Test
  void readsCsvWithAHeader() {
    Trial trial = new Trial(DecoderSpec.csv(List.of(), ','), TEXT).add(CSV_FIRST).add(CSV_SECOND);
    trial.chunk().header(COLUMNS);
    assertThat(trial.rows()).isEqualTo(TEXT_ROWS);
  }

  @Test
  void readsCsvWithColumnsOfTheJob() {
    Trial trial = new Trial(DecoderSpec.csv(COLUMNS, ','), TEXT).add(CSV_FIRST).add(CSV_SECOND);
    assertThat(trial.rows()).isEqualTo(TEXT_ROWS);
  }

  @Test
  void eachFileMayBringItsOwnHeader() {
    Trial trial = new Trial(DecoderSpec.csv(List.of(), ';'), TEXT);
    trial.add("1;2;late;;;").chunk().header(List.of("km", "hour", "late", "origin", "when", "w"));
    assertThat(trial.rows()).extracting(Row::label).containsExactly(1f);
    trial
        .add("on-time;;;9;1;")
        .chunk()
        .header(List.of("late", "origin", "when", "hour", "km", "w"));
    assertThat(trial.rows())
        .containsExactly(
            Row.of(
                0,
                0,
                1,
                1000,
                List.of(Row.text("hour", "9", 18), Row.number("km", 0.5f, 18)),
                Row.floats(1)));
  }

  @Test
  void readsJsonWithFieldsOfFields() {
    var mapping =
        new SampleMapping(
            new LabelMapping("result.late", new LabelSpec.Classes(List.of("no", "yes"))),
            Optional.of("result.w"),
            Optional.of("when"),
            List.of(
                new InputMapping.SparseFields("s", List.of("trip.from.code", "trip.km"), 12),
                new InputMapping.DenseVector("v", "trip.v", 4)));
    Trial trial =
        new Trial(DecoderSpec.jsonLines(), mapping)
            .add(
                """
                {"other": [{"trip": {"km": 1}}, "x"], "when": 1700000000000,
                 "trip": {"km": 12, "v": [1, [2.5, true], -3e2], "from": {"code": "\\u005a\\n\\"", "x": {}}},
                 "result": {"late": true, "w": 0.125}}
                """)
            .add(
                """
                {"result": {"w": null, "late": "no"}, "trip": {"from": null, "v": [0, 0, 0, 0]}}""");
    assertThat(trial.rows())
        .containsExactly(
            Row.of(
                0,
                1,
                0.125f,
                1_700_000_000_000L,
                List.of(Row.text("trip.from.code", "Z\n\"", 12), Row.number("trip.km", 12, 12)),
                Row.floats(1, 2.5f, 1, -300)),
            Row.of(1, 0, 1, 1001, List.of(), Row.floats(0, 0, 0, 0)));
  }

  @Test
  void samplesToPredictForNeedNoLabel() {
    Trial trial =
        new Trial(
                DecoderSpec.csv(List.of("km", "hour", "origin", "w", "when"), ','),
                TEXT.withoutLabel())
            .add("3,,,,");
    assertThat(trial.rows()).extracting(Row::label).containsExactly(0f);
  }
}
