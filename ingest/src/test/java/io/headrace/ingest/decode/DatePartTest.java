package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.ingest.decode.InputMapping.SparseFields;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

class DatePartTest {
  private static final Instant DEPARTURE = Instant.parse("2001-01-31T23:07:00Z");
  private static final List<SparseFields.Date> DATES =
      List.of(
          new SparseFields.Date("departure", DatePart.MONTH),
          new SparseFields.Date("departure", DatePart.WEEKDAY),
          new SparseFields.Date("departure", DatePart.HOUR),
          new SparseFields.Date("departure", DatePart.DATE));
  private static final SampleMapping MAPPING =
      new SampleMapping(
          new LabelMapping("", new LabelSpec.Numeric()),
          Optional.empty(),
          Optional.empty(),
          List.of(
              new SparseFields(
                  "x",
                  List.of("origin"),
                  20,
                  List.of(),
                  Map.of(),
                  List.of(List.of("origin", "departure.hour")),
                  DATES)));

  private static final List<String> PAIRS =
      List.of(
          Row.text("origin", "JFK", 20),
          Row.text("departure.month", "1", 20),
          Row.text("departure.weekday", "3", 20),
          Row.text("departure.hour", "23", 20),
          Row.text("departure.date", "11353", 20),
          Row.pair(
              Murmur3.cross(
                  Murmur3.cross(0, Row.textHash("origin", "JFK")),
                  Row.textHash("departure.hour", "23")),
              20,
              1));

  @Test
  void agreesWithTheCalendarOfTheLibrary() {
    var random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      long time = random.nextLong() >> (15 + random.nextInt(30));
      ZonedDateTime slow = Instant.ofEpochMilli(time).atZone(ZoneOffset.UTC);
      assertThat(DatePart.YEAR.in(time)).as("%s", slow).isEqualTo(slow.getYear());
      assertThat(DatePart.MONTH.in(time)).as("%s", slow).isEqualTo(slow.getMonthValue());
      assertThat(DatePart.DAY.in(time)).as("%s", slow).isEqualTo(slow.getDayOfMonth());
      assertThat(DatePart.WEEKDAY.in(time))
          .as("%s", slow)
          .isEqualTo(slow.getDayOfWeek().getValue());
      assertThat(DatePart.HOUR.in(time)).as("%s", slow).isEqualTo(slow.getHour());
      assertThat(DatePart.MINUTE.in(time)).as("%s", slow).isEqualTo(slow.getMinute());
      assertThat(DatePart.DATE.in(time)).as("%s", slow).isEqualTo(slow.toLocalDate().toEpochDay());
    }
  }

  @Test
  void takesTimesThatAreFarAway() {
    for (long time : new long[] {Long.MIN_VALUE + 1, Long.MAX_VALUE}) {
      assertThat(DatePart.MONTH.in(time)).isBetween(1L, 12L);
      assertThat(DatePart.WEEKDAY.in(time)).isBetween(1L, 7L);
      assertThat(DatePart.HOUR.in(time)).isBetween(0L, 23L);
    }
  }

  @Test
  void makesCategoriesOfTextAndOfNumbers() {
    Trial csv = new Trial(DecoderSpec.csv(List.of("origin", "departure"), ','), MAPPING);
    csv.add("JFK,2001-01-31T23:07:00Z").add("JFK," + DEPARTURE.toEpochMilli());
    assertThat(csv.rows()).hasSize(2).allSatisfy(DatePartTest::hasThePairs);
    Trial json = new Trial(DecoderSpec.jsonLines(), MAPPING);
    json.add("{\"origin\": \"JFK\", \"departure\": \"2001-01-31 23:07\"}");
    assertThat(json.rows()).hasSize(1).allSatisfy(DatePartTest::hasThePairs);
  }

  private static void hasThePairs(Row row) {
    assertThat(row.inputs()).isEqualTo(List.of(PAIRS));
  }

  @Test
  void takesAvroTimesInEveryUnit() throws IOException {
    Schema whole = Schema.create(Schema.Type.LONG);
    long millis = DEPARTURE.toEpochMilli();
    assertThat(avro(LogicalTypes.timestampMillis().addToSchema(whole), millis)).isEqualTo(PAIRS);
    whole = Schema.create(Schema.Type.LONG);
    assertThat(avro(LogicalTypes.timestampMicros().addToSchema(whole), millis * 1000))
        .isEqualTo(PAIRS);
    Schema day = LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT));
    assertThat(avro(day, 11353).get(4)).isEqualTo(Row.text("departure.date", "11353", 20));
  }

  private static List<?> avro(Schema time, Object value) throws IOException {
    Schema schema =
        SchemaBuilder.record("Flight")
            .fields()
            .requiredString("origin")
            .name("departure")
            .type(time)
            .noDefault()
            .endRecord();
    var flight = new GenericData.Record(schema);
    flight.put("origin", "JFK");
    flight.put("departure", value);
    var bytes = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    new GenericDatumWriter<GenericData.Record>(schema).write(flight, encoder);
    Trial trial = new Trial(DecoderSpec.avro("bare", Optional.of(schema)), MAPPING);
    return trial.add(bytes.toByteArray()).rows().getFirst().inputs().getFirst();
  }

  @Test
  void leavesOutWhatIsMissingAndRejectsWhatIsNoTime() {
    Trial json = new Trial(DecoderSpec.jsonLines(), MAPPING);
    assertThat(json.add("{\"origin\": \"JFK\", \"departure\": null}").rows().getFirst().inputs())
        .containsExactly(List.of(Row.text("origin", "JFK", 20)));
    assertThat(json.add("{\"origin\": \"JFK\", \"departure\": \"soon\"}").rejections())
        .containsExactly(
            "0 not-a-number: x: departure is 'soon', no time: neither milliseconds nor ISO 8601");
  }

  @Test
  void readsItsSettings() {
    SparseFields read =
        (SparseFields)
            InputMappings.variants()
                .named("sparse")
                .from(Map.of("date-parts", Map.of("t", List.of("hour", "day"))))
                .named("x");
    assertThat(read.names()).containsExactly("t.hour", "t.day");
    assertThatThrownBy(
            () ->
                InputMappings.variants()
                    .named("sparse")
                    .from(Map.of("date-parts", Map.of("t", List.of("hours")))))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("hours")
        .hasMessageContaining("hour");
  }

  @Test
  void refusesLinesThatHaveNoTimes() {
    assertThatThrownBy(() -> Decoders.create(DecoderSpec.fixed("vw"), MAPPING))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("vw lines have features, not fields with times");
  }
}
