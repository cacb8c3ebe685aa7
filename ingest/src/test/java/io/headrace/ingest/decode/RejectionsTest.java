package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.LabelSpec;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.decode.Trial.Outcome;
import io.headrace.schemas.Sample;
import io.headrace.schemas.Schemas;
import io.headrace.schemas.SparseIds;
import io.headrace.schemas.SparseNames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every reason to reject a record, with the words that a person gets to read. */
class RejectionsTest {
  private static final LabelMapping CLASSES =
      new LabelMapping("y", new LabelSpec.Classes(List.of("no", "yes")));

  private static SampleMapping mapping(LabelMapping label, InputMapping... inputs) {
    return new SampleMapping(label, Optional.of("w"), Optional.of("t"), List.of(inputs));
  }

  private static Trial csv() {
    var dense = new InputMapping.DenseFields("d", List.of("a"));
    var sparse =
        new InputMapping.SparseFields(
            "s", List.of("b", "c"), 18, List.of(), Map.of("b", 1e30), List.of(List.of("b", "c")));
    return new Trial(
        DecoderSpec.csv(List.of("y", "a", "b", "c", "w", "t"), ','),
        mapping(CLASSES, dense, sparse));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "maybe,1,,,,|label-out-of-range: label y is 'maybe', none of the 2 classes: no, yes",
        "2,1,,,,|label-out-of-range: label y is '2', none of the 2 classes: no, yes",
        "-1,1,,,,|label-out-of-range: label y is '-1', none of the 2 classes: no, yes",
        "0.5,1,,,,|label-out-of-range: label y is '0.5', none of the 2 classes: no, yes",
        ",1,,,,|missing-field: label y is missing",
        "no,,,,,|missing-field: d: a is missing",
        "no,NaN,,,,|not-a-number: d: a is 'NaN', no finite 32-bit float",
        "no,-inf,,,,|not-a-number: d: a is '-inf', no finite 32-bit float",
        "no,1e39,,,,|not-a-number: d: a is '1e39', no finite 32-bit float",
        "no,two,,,,|not-a-number: d: a is 'two', no finite 32-bit float",
        "no,1,,nan,,|not-a-number: s: c is 'nan' and no finite 32-bit float",
        "no,1,1e9,,,|not-a-number: s: b is '1e9', scaled by 1.0E30, and no finite 32-bit float",
        "no,1,10,1e30,,|not-a-number: s: the product of [b, c] is no finite float",
        "no,1,,,-1,|not-a-number: weight is '-1', not a finite number of at least 0",
        "no,1,,,heavy,|not-a-number: weight is 'heavy', not a finite number of at least 0",
        "no,1,,,inf,|not-a-number: weight is 'inf', not a finite number of at least 0",
        "no,1,,,,noon|not-a-number: event time is 'noon', neither milliseconds nor ISO 8601",
        "no,1,,,|malformed: the record has 5 fields, not 6: '' at byte 7",
        "no,1,,,,,|malformed: the record has 7 fields, not 6: '' at byte 9",
        "\"no,1,,,,|malformed: the record opens a quote that is never closed: '\"no,1,,,,' at byte 0",
        "\"no\"\",1,,,,|malformed: the record opens a quote that is never closed: '\"no\"\",1,,,,' at byte 0",
        "\"no\"x,1,,,,|malformed: the record has text between a closing quote and the delimiter: 'x,1,,,,' at byte 4"
      })
  void csvTellsWhatIsWrong(String record, String expected) {
    assertThat(csv().add(record).rejections()).containsExactly("0 " + expected);
  }

  @Test
  void csvTellsOfLinesWithinARecordAndOfMissingColumns() {
    assertThat(csv().add("no,1\n,,,,").rejections())
        .containsExactly("0 malformed: the record has more than one line: '\n,,,,' at byte 4");
    var dense = new InputMapping.DenseFields("d", List.of("speed"));
    Trial headers = new Trial(DecoderSpec.csv(List.of(), ','), mapping(CLASSES, dense));
    assertThat(headers.add("1,2").rejections())
        .containsExactly(
            "0 wrong-schema: the names of the columns are not known: the source has no header line."
                + " Set columns");
    headers.add("1,2").chunk().header(List.of("y", "sped", "w", "t"));
    assertThat(headers.rejections())
        .containsExactly("0 wrong-schema: there is no column speed. Did you mean 'sped'?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"y\": \"no\", \"v\": [1, 2, 3]}|wrong-length: input x has 3 floats, not 2",
        "{\"y\": \"no\", \"v\": [1]}|wrong-length: input x has 1 floats, not 2",
        "{\"y\": \"no\", \"v\": []}|wrong-length: input x has 0 floats, not 2",
        "{\"y\": \"no\"}|missing-field: input x is missing; it takes 2 floats",
        "{\"y\": \"no\", \"v\": null}|missing-field: input x is missing; it takes 2 floats",
        "{\"y\": \"no\", \"v\": [1, null]}|not-a-number: x[1] is NaN",
        "{\"y\": \"no\", \"v\": [{\"a\": [1]}, \"1\"]}|not-a-number: x[0] is NaN",
        "{\"y\": \"no\", \"v\": [0, 1e60]}|not-a-number: x[1] is Infinity",
        "{\"y\": \"no\", \"v\": 3}|wrong-schema: field v is not an array of numbers",
        "{\"y\": [\"no\"], \"v\": [1, 2]}|wrong-schema: field y is not a single value",
        "{\"y\": {\"no\": 1}, \"v\": [1, 2]}|wrong-schema: field y is not a single value",
        "{\"y\": 1.5, \"v\": [1, 2]}|label-out-of-range: label y is 1.5, none of the 2 classes: no, yes",
        "{\"y\": 7, \"v\": [1, 2]}|label-out-of-range: label y is 7, none of the 2 classes: no, yes",
        "{\"v\": [1, 2]}|missing-field: label y is missing",
        "{\"y\": 1, \"v\": [1, 2], \"w\": -0.5}|not-a-number: weight is -0.5, not a finite number of at least 0",
        "{\"y\": 1, \"v\": [1, 2], \"t\": true}|not-a-number: event time is true, neither milliseconds nor ISO 8601",
        "[1]|malformed: the record is no JSON object at byte 0",
        "17|malformed: the record ends within the JSON object, at byte 2",
        "``|malformed: the record ends within the JSON object, at byte 0",
        "{\"y\": 1|malformed: the record ends within the JSON object, at byte 7",
        "{\"y\": 1} {}|malformed: there is more behind the JSON object: '{}' at byte 9",
        "{\"y\": 1} 1|malformed: there is more behind the JSON object: '1' at byte 9",
        "{\"y\": 1} \"a}|malformed: there is more behind the JSON object: '\"a}' at byte 9",
        "{\"y\": tru}|malformed: Unrecognized token 'tru': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false') at byte 7",
        "{\"y\": 1, \"v\"; 2}|malformed: Unexpected character (';' (code 59)): was expecting a colon to separate field name and value at byte 12"
      })
  void jsonTellsWhatIsWrongAndGoesOn(String record, String expected) {
    Trial trial =
        new Trial(
                DecoderSpec.jsonLines(),
                mapping(CLASSES, new InputMapping.DenseVector("x", "v", 2)))
            .add("{\"y\": 1, \"v\": [3, 4]}")
            .add(record)
            .add("{\"y\": 0, \"v\": [5, 6]}");
    assertThat(trial.decode())
        .isEqualTo(
            new Outcome(
                List.of(
                    Row.of(0, 1, 1, 1000, Row.floats(3, 4)),
                    Row.of(2, 0, 1, 1002, Row.floats(5, 6))),
                List.of("1 " + expected)));
  }

  @Test
  void aMarkOfUtf8BeforeJsonIsTheSameInEveryRecord() {
    String sound = "{\"y\": 1, \"v\": [3, 4]}";
    Trial trial =
        new Trial(
            DecoderSpec.jsonLines(), mapping(CLASSES, new InputMapping.DenseVector("x", "v", 2)));
    for (int time = 0; time < 2; time++) {
      byte[] half = {(byte) 0xef, 0x28};
      trial.add(half).add("\ufeff" + sound).add(half).add(sound).add("\ufeff" + sound);
      trial.add("\ufeff\ufeff" + sound).add("\ufeff" + sound + "x").add("\ufeff");
      Outcome outcome = trial.decode();
      assertThat(outcome.rows()).extracting(Row::position).containsExactly(1L, 3L, 4L);
      assertThat(outcome.rejections())
          .containsExactly(
              "0 malformed: the record is no JSON object at byte 0",
              "2 malformed: the record is no JSON object at byte 0",
              "5 malformed: the record is no JSON object at byte 3",
              "6 malformed: there is more behind the JSON object: 'x' at byte 24",
              "7 malformed: the record ends within the JSON object, at byte 3");
    }
  }

  private static final byte[] FLIGHT = Flights.flight("JFK", 100, "MO", 50, true);

  private static Trial flights(String framing) {
    return new Trial(DecoderSpec.avro(framing, Optional.of(Flights.SCHEMA)), Flights.MAPPING);
  }

  @Test
  void avroTellsOfRecordsThatEndTooEarlyOrTooLate() {
    byte[] shorter = Arrays.copyOf(FLIGHT, FLIGHT.length - 1);
    byte[] longer = Arrays.copyOf(FLIGHT, FLIGHT.length + 2);
    Trial trial = flights("bare").add(shorter).add(longer).add(FLIGHT).add(new byte[0]);
    assertThat(trial.decode())
        .isEqualTo(
            new Outcome(
                List.of(Flights.row(2, "JFK", 100, "MO", 50, true)),
                List.of(
                    "0 malformed: the record ends where a boolean is expected: 0 bytes are left",
                    "1 malformed: 2 bytes are left behind the record: was it written in another"
                        + " schema?",
                    "3 malformed: the record ends where a number is expected: 0 bytes are left")));
  }

  @Test
  void avroTellsOfBytesThatMakeNoSense() {
    Schema schema =
        SchemaBuilder.record("R").fields().requiredString("y").requiredBoolean("b").endRecord();
    var mapping =
        new SampleMapping(
            CLASSES,
            Optional.empty(),
            Optional.empty(),
            List.of(new InputMapping.DenseFields("d", List.of("b"))));
    byte[] endless = new byte[11];
    Arrays.fill(endless, (byte) -1);
    Trial trial =
        new Trial(DecoderSpec.avro("bare", Optional.of(schema)), mapping)
            .add(endless)
            .add(new byte[] {1, 0})
            .add(new byte[] {20, 'n', 'o', 1})
            .add(new byte[] {4, 'n', 'o', 2});
    assertThat(trial.rejections())
        .containsExactly(
            "0 malformed: a number is longer than 10 bytes",
            "1 malformed: text or bytes of length -1 where 1 bytes are left",
            "2 malformed: text or bytes of length 10 where 3 bytes are left",
            "3 malformed: boolean is 2, neither 0 nor 1");
  }

  @Test
  void aTruncatedRunCostsTheRecordsBehindItOneByOne() {
    byte[] block = Flights.joined(FLIGHT, FLIGHT, FLIGHT, FLIGHT);
    Trial trial = flights("container");
    trial.chunk().addRun(block, FLIGHT.length + 1, 4, 90, Flights.SCHEMA);
    String why =
        "malformed: record 2 of 4 in the block: text or bytes of length 2 where 0 bytes are left";
    assertThat(trial.decode())
        .isEqualTo(
            new Outcome(
                List.of(Flights.row(90, "JFK", 100, "MO", 50, true)),
                List.of("-2 " + why, "-3 " + why, "-4 " + why)));
  }

  @Test
  void recordsThatWereSettledBeforeAreNotRejectedAgain() {
    Trial trial = flights("container");
    trial.chunk().addRun(FLIGHT, 3, 4, 90, Flights.SCHEMA);
    trial.chunk().skip(3);
    assertThat(trial.rejections())
        .singleElement()
        .asString()
        .startsWith("-4 malformed: record 1 of 4 in the block: ");
  }

  @Test
  void aRunWithBytesLeftCostsItsLastRecord() {
    byte[] block = Flights.joined(FLIGHT, FLIGHT, new byte[5]);
    Trial trial = flights("container");
    trial.chunk().addRun(block, block.length, 2, 0, Flights.SCHEMA);
    assertThat(trial.decode().rejections())
        .containsExactly(
            "-2 malformed: record 2 of 2 in the block: 5 bytes are left behind the block's last"
                + " record");
  }

  @Test
  void unknownFingerprintsAreToldBesideTheKnownOnes() {
    Schema other = SchemaBuilder.record("Other").fields().requiredInt("a").endRecord();
    Trial trial =
        new Trial(DecoderSpec.avro("single-object", Optional.of(other)), Flights.MAPPING)
            .add(Flights.singleObject(Flights.SCHEMA, FLIGHT))
            .add(FLIGHT)
            .add(new byte[] {(byte) 0xC3, 1});
    assertThat(trial.rejections())
        .containsExactly(
            "0 wrong-schema: the record was written in the schema of fingerprint %016x; known: Other %016x, io.headrace.schemas.Sample %016x"
                .formatted(print(Flights.SCHEMA), print(other), print(Sample.getClassSchema())),
            "1 wrong-schema: the record begins with 04 4E 31 06 4A 46 4B 02 C8 01, not with C3 01"
                + " and 8 bytes of fingerprint as single-object encoding does",
            "2 wrong-schema: the record begins with C3 01, not with C3 01 and 8 bytes of"
                + " fingerprint as single-object encoding does");
  }

  private static long print(Schema schema) {
    return SchemaNormalization.parsingFingerprint64(schema);
  }

  @Test
  void unknownIdsAreToldBesideTheKnownOnes() {
    WriterSchemas registry = WriterSchemas.of(List.of(), Map.of(5, Flights.SCHEMA));
    var decoder =
        Decoders.create(DecoderSpec.avro("confluent", Optional.empty()), Flights.MAPPING, registry);
    Trial trial =
        new Trial(decoder, Flights.MAPPING)
            .add(Flights.confluent(6, FLIGHT))
            .add(FLIGHT)
            .add(new byte[0])
            .add(Flights.confluent(5, FLIGHT));
    assertThat(trial.decode().rejections())
        .containsExactly(
            "0 wrong-schema: the record was written in the schema of id 6; known: air.Flight id 5",
            "1 wrong-schema: the record begins with 04 4E 31 06 4A, not with 00 and 4 bytes of"
                + " schema id as Confluent framing does",
            "2 wrong-schema: the record begins with nothing, not with 00 and 4 bytes of schema id"
                + " as Confluent framing does");
  }

  @Test
  void aSchemaThatLacksFieldsCostsEachRecordOfIt() {
    Schema other = SchemaBuilder.record("Other").fields().requiredInt("orign").endRecord();
    Trial trial = flights("container");
    trial.chunk().addRun(new byte[] {2, 4}, 2, 2, 0, other);
    List<String> rejections = trial.rejections();
    assertThat(rejections).hasSize(2);
    assertThat(rejections.get(0))
        .startsWith("-1 wrong-schema: schema Other has no field late. Known: orign.")
        .contains("schema Other has no field origin. Did you mean 'orign'?");
    assertThat(rejections.get(1)).startsWith("-2 wrong-schema: schema Other has no field late.");
  }

  @Test
  void singleRecordsWithoutASchemaOfTheSourceSayWhatToSet() {
    assertThat(flights("container").add(FLIGHT).rejections())
        .containsExactly(
            "0 wrong-schema: the source gives no schema with its records, as framing container"
                + " needs. Set framing to single-object, confluent or bare, as the producer writes");
  }

  @Test
  void canonicalSamplesTellWhatIsWrongWithInputs() {
    var mapping =
        mapping(
            CLASSES,
            new InputMapping.DenseVector("x", "x", 2),
            new InputMapping.SparseFields("s", List.of(), 18));
    ByteBuffer two = ByteBuffer.allocate(8);
    Trial trial = new Trial(DecoderSpec.avro("single-object", Optional.empty()), mapping);
    trial.add(sample("no", Map.of("x", ByteBuffer.allocate(13))));
    trial.add(sample("no", Map.of("x", List.of(1f, Float.NaN))));
    trial.add(sample("no", Map.of("x", ByteBuffer.wrap(new byte[] {0, 0, -128, 127, 0, 0, 0, 0}))));
    trial.add(sample("no", Map.of("s", new SparseIds(List.of(1), List.of(), List.of()))));
    trial.add(
        sample("no", Map.of("x", two, "s", new SparseIds(List.of(1, 2), List.of(1f), List.of()))));
    trial.add(
        sample("no", Map.of("x", two, "s", new SparseNames(List.of("a"), List.of(Float.NaN)))));
    trial.add(sample("no", Map.of("x", two, "s", "words")));
    trial.add(sample("no", Map.of("x", new SparseIds(List.of(), List.of(), List.of()))));
    trial.add(sample(null, Map.of("x", two)));
    trial.add(sample("no", Map.of("x", two, "s", ByteBuffer.allocate(12))));
    trial.add(sample("no", Map.of("x", two, "s", packed(new int[] {7, 8}, 1, Float.NaN))));
    trial.add(sample(2, Map.of("x", two)));
    trial.add(sample(Double.NaN, Map.of("x", two)));
    assertThat(trial.rejections())
        .containsExactly(
            "0 wrong-length: input x has 3 floats and 1 bytes that are no whole float, not 2",
            "1 not-a-number: x[1] is NaN",
            "2 not-a-number: x[0] is Infinity",
            "3 missing-field: input x is missing; it takes 2 floats",
            "4 wrong-length: input s has 2 features and 1 values",
            "5 not-a-number: input s: value 0 is NaN",
            "6 wrong-schema: input s comes as string, which makes no sparse input",
            "7 wrong-schema: input x comes as SparseIds, which makes no dense input",
            "8 missing-field: label y is missing",
            "9 wrong-length: input s has 12 bytes, which are no pairs: each has 8",
            "10 not-a-number: input s: value 1 is NaN",
            "11 label-out-of-range: label y is 2, none of the 2 classes: no, yes",
            "12 not-a-number: label y is NaN, none of the 2 classes: no, yes");
  }

  /** A sparse input as {@code headrace convert} writes it. */
  static ByteBuffer packed(int[] ids, float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(ids.length * 4 + values.length * 4);
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    for (int id : ids) {
      bytes.putInt(id);
    }
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.flip();
  }

  private static byte[] sample(@Nullable Object label, Map<String, Object> inputs) {
    var sample = Sample.newBuilder().setInputs(inputs);
    if (label != null) {
      sample.setLabel(label);
    }
    return Schemas.message(sample.build());
  }

  @Test
  void faultsOfTheSourceArePassedOnByEveryDecoder() {
    var dense = new InputMapping.DenseFields("late", List.of("late"));
    var mapping =
        new SampleMapping(
            new LabelMapping("late", new LabelSpec.Numeric()),
            Optional.empty(),
            Optional.empty(),
            List.of(dense));
    for (DecoderSpec spec :
        List.of(
            DecoderSpec.csv(List.of("late"), ','),
            DecoderSpec.jsonLines(),
            DecoderSpec.avro("bare", Optional.of(Flights.SCHEMA)),
            DecoderSpec.avro("container", Optional.empty()),
            DecoderSpec.avro("confluent", Optional.empty()),
            DecoderSpec.avro("single-object", Optional.empty()))) {
      Trial trial = new Trial(spec, mapping);
      RecordChunk chunk = trial.chunk();
      chunk.addFault(RejectionReason.TOO_LARGE, "f: record 8 is larger than 10", 8, 0);
      chunk.addFault(RejectionReason.MALFORMED, "f: block 2 is damaged", 9, 0);
      assertThat(trial.rejections())
          .containsExactly(
              "0 too-large: f: record 8 is larger than 10", "1 malformed: f: block 2 is damaged");
    }
  }

  @Test
  void numbersToPredictMustBeFinite() {
    var mapping =
        mapping(
            new LabelMapping("y", new LabelSpec.Numeric()),
            new InputMapping.SparseFields("s", List.of("a"), 18));
    Trial trial =
        new Trial(DecoderSpec.jsonLines(), mapping)
            .add("{\"y\": \"much\"}")
            .add("{\"y\": 1e300}")
            .add("{\"a\": 3}");
    assertThat(trial.rejections())
        .containsExactly(
            "0 not-a-number: label y is 'much', not a finite number",
            "1 not-a-number: label y is 1.0E300, not a finite number",
            "2 missing-field: label y is missing");
  }

  @Test
  void countsMustBeAtLeastZero() {
    var mapping =
        mapping(
            new LabelMapping("y", new LabelSpec.Count()),
            new InputMapping.SparseFields("s", List.of("a"), 18));
    Trial trial =
        new Trial(DecoderSpec.jsonLines(), mapping)
            .add("{\"y\": -1, \"a\": 1}")
            .add("{\"y\": \"many\", \"a\": 1}");
    assertThat(trial.rejections())
        .containsExactly(
            "0 label-out-of-range: label y is -1, but a count is at least 0",
            "1 not-a-number: label y is 'many', not a finite number");
  }
}
