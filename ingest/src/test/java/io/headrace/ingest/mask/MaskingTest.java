package io.headrace.ingest.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.Envelope;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.decode.DecoderSpec;
import io.headrace.ingest.decode.WriterSchemas;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What records are after masking, as the decoder behind it is given them. */
class MaskingTest {
  private static final SampleSchema SCHEMA =
      new SampleSchema(
          List.of(new SampleSchema.Input("x", new InputSpec.Dense(List.of(1)))),
          new LabelSpec.Numeric());
  private static final Schema PATIENT =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Patient", "fields": [
                {"name": "name", "type": "string"},
                {"name": "id", "type": "long"},
                {"name": "ward", "type": {"type": "enum", "name": "Ward", "symbols": ["NONE", "A"]}},
                {"name": "age", "type": ["null", "int"]},
                {"name": "born", "type": {"type": "int", "logicalType": "date"}},
                {"name": "seen", "type": {"type": "long", "logicalType": "timestamp-micros"}},
                {"name": "photo", "type": "bytes"},
                {"name": "notes", "type": {"type": "array", "items": "string"}},
                {"name": "home", "type": {"type": "record", "name": "Home", "fields": [
                  {"name": "street", "type": "string"}]}}]}
              """);

  @TempDir private Path folder;
  private final List<String> seen = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private Envelope envelope = Envelope.NONE;

  @BeforeEach
  void writeKeys() throws IOException {
    Files.writeString(folder.resolve("key"), "0123456789abcdef0123456789abcdef\n");
    Files.writeString(folder.resolve("other"), "another key of enough bytes");
  }

  private static ComponentSpec rule(String name, Map<String, ?> settings) {
    return MaskRules.variants().spec(name, settings);
  }

  private static ComponentSpec pseudonym(String... fields) {
    return rule("pseudonym", Map.of("fields", List.of(fields), "key", "file:key"));
  }

  private void mask(DecoderSpec spec, RecordChunk chunk, ComponentSpec... rules) {
    seen.clear();
    faults.clear();
    Masking.of(List.of(rules), folder)
        .before(
            (from, into, rejections) -> {
              for (int i = 0; i < from.count(); i++) {
                int length = from.end(i) - from.start(i);
                seen.add(new String(from.bytes(), from.start(i), length, StandardCharsets.UTF_8));
                faults.add(from.fault(i));
                envelope = from.envelope(i);
              }
            },
            spec,
            WriterSchemas.ofJob(PATIENT))
        .decode(chunk, new SampleBlock(SCHEMA, 8), (c, record, reason, detail) -> {});
  }

  private static RecordChunk chunk(String... records) {
    var chunk = new RecordChunk(c -> {});
    chunk.start(new SourcePartition("t", 0), 100);
    for (int i = 0; i < records.length; i++) {
      byte[] bytes = records[i].getBytes(StandardCharsets.UTF_8);
      chunk.add(bytes, 0, bytes.length, 100 + i, 7);
    }
    return chunk;
  }

  private String masked(DecoderSpec spec, String record, ComponentSpec... rules) {
    mask(spec, chunk(record), rules);
    assertThat(faults).containsOnlyNulls();
    return seen.getFirst();
  }

  @Test
  void masksFieldsOfJson() {
    String record =
        "{\"name\":\"Jane Doe\",\"n\":1.50,\"id\":42,\"age\":37,\"card\":\"1234567890\","
            + "\"home\":{\"street\":\"Elm\",\"zip\":\"10115\"},\"tags\":[\"a\",\"b\"],\"z\":null}";
    String now =
        masked(
            DecoderSpec.jsonLines(),
            record,
            rule("drop", Map.of("fields", List.of("home.street", "tags"))),
            rule("mask", Map.of("fields", List.of("name", "card"), "keep-last", 4)),
            rule("bucket", Map.of("fields", List.of("age"), "width", 10)),
            pseudonym("home.zip", "id"));
    assertThat(now)
        .startsWith("{\"name\":\"*** Doe\",\"n\":1.50,\"id\":")
        .contains("\"age\":30,\"card\":\"***7890\",\"home\":{\"zip\":\"ps-")
        .endsWith("\"},\"z\":null}")
        .doesNotContain("Elm", "10115", "42,", "tags", "Jane");
  }

  @Test
  void pseudonymsAreTheSameForTheSameValueAndKeyOnlyAndStay() {
    DecoderSpec csv = DecoderSpec.csv(List.of("a", "b", "c"), ',');
    String[] cells = masked(csv, "jane,jane,joan\r\n", pseudonym("a", "b", "c")).split(",", -1);
    assertThat(cells[0]).matches("ps-[0-9a-f]{32}").isEqualTo(cells[1]).isNotEqualTo(cells[2]);
    assertThat(masked(csv, String.join(",", cells), pseudonym("a", "b", "c")))
        .isEqualTo(String.join(",", cells));
    String other =
        masked(
            csv, "jane,,", rule("pseudonym", Map.of("fields", List.of("a"), "key", "file:other")));
    assertThat(other).isNotEqualTo(cells[0] + ",,").endsWith(",,");
    // RFC 4231, test case 2
    assertThat(
            new java.math.BigInteger(
                    1,
                    new KeyedHash("Jefe".getBytes(StandardCharsets.UTF_8))
                        .of("what do ya want for nothing?"))
                .toString(16))
        .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }

  @Test
  void datesOfOneSubjectKeepTheirDistances() {
    DecoderSpec csv = DecoderSpec.csv(List.of("who", "in", "out", "at"), ',');
    ComponentSpec shift =
        rule(
            "date-shift",
            Map.of(
                "fields",
                List.of("in", "out", "at"),
                "subject",
                "who",
                "days",
                9,
                "key",
                "file:key"));
    var shifts = new java.util.HashSet<Long>();
    for (int i = 0; i < 40; i++) {
      String[] now =
          masked(csv, "p" + i + ",2026-01-31,2026-03-01T10:00:00Z,0", pseudonym("who"), shift)
              .split(",", -1);
      long days = ChronoUnit.DAYS.between(LocalDate.of(2026, 1, 31), LocalDate.parse(now[1]));
      assertThat(days).isBetween(-9L, 9L).isNotZero();
      assertThat(LocalDate.parse(now[2].substring(0, 10)))
          .isEqualTo(LocalDate.of(2026, 3, 1).plusDays(days));
      assertThat(Long.parseLong(now[3])).isEqualTo(days * 86_400_000);
      shifts.add(days);
    }
    assertThat(shifts).hasSizeGreaterThan(8);
    assertThat(masked(csv, ",2026-01-31,soon,1e3", shift)).isEqualTo(",,,");
  }

  @Test
  void writesCsvThatReadsBack() {
    DecoderSpec csv = DecoderSpec.csv(List.of("a", "b"), ';');
    String now = masked(csv, "\"x; \"\"y\"\"\";jane@example.org", rule("detect", Map.of()));
    assertThat(now).isEqualTo("\"x; \"\"y\"\"\";<email>");
  }

  @Test
  void masksLinesOfVwLibsvmAndText() {
    assertThat(
            masked(
                DecoderSpec.fixed("vw"),
                "1 0.5 'jane@example.org|user jane:1.5 x |mail bob@example.org:2 ok:3 |z secret",
                rule("drop", Map.of("fields", List.of("z"))),
                pseudonym("user"),
                rule("detect", Map.of())))
        .matches(
            "1 0.5 '<email> \\|user ps-[0-9a-f]{32}:1.5 ps-[0-9a-f]{32} \\|mail <email>:2 ok:3");
    assertThat(
            masked(
                DecoderSpec.fixed("libsvm"),
                "1 3:0.5 17:2 # jane",
                rule("drop", Map.of("fields", List.of("17")))))
        .isEqualTo("1 3:0.5");
    assertThat(
            masked(
                DecoderSpec.fixed("text-lines"),
                "yes\tcall +49 170 1234567",
                rule("detect", Map.of())))
        .isEqualTo("yes\tcall <phone>");
  }

  private static GenericRecord patient(int i) {
    var home = new GenericData.Record(PATIENT.getField("home").schema());
    home.put("street", "Elm " + i);
    var record = new GenericData.Record(PATIENT);
    record.put("name", "Jane " + i);
    record.put("id", 4242L + i);
    record.put("ward", new GenericData.EnumSymbol(PATIENT.getField("ward").schema(), "A"));
    record.put("age", 37);
    record.put("born", 10_000);
    record.put("seen", 1_700_000_000_000_001L);
    record.put("photo", ByteBuffer.wrap(new byte[] {1, 2, 3}));
    record.put("notes", List.of("write to jane@example.org", "fine"));
    record.put("home", home);
    return record;
  }

  private static byte[] encoded(int... numbers) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    for (int i : numbers) {
      new GenericDatumWriter<GenericRecord>(PATIENT).write(patient(i), encoder);
    }
    encoder.flush();
    return bytes.toByteArray();
  }

  private static GenericRecord decoded(byte[] bytes, int start, int end) {
    try {
      var decoder = DecoderFactory.get().binaryDecoder(bytes, start, end - start, null);
      return new GenericDatumReader<GenericRecord>(PATIENT).read(null, decoder);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static ComponentSpec[] avroRules() {
    return new ComponentSpec[] {
      rule("drop", Map.of("fields", List.of("photo", "home", "ward", "age"))),
      pseudonym("name", "id"),
      rule(
          "date-shift",
          Map.of("fields", List.of("born", "seen"), "subject", "id", "days", 5, "key", "file:key")),
      rule("detect", Map.of("fields", List.of("notes")))
    };
  }

  private static void assertMasked(GenericRecord now, int i) {
    assertThat(now.get("name").toString()).startsWith("ps-");
    assertThat(now.get("id")).isNotEqualTo(4242L + i);
    assertThat(now.get("ward")).hasToString("NONE");
    assertThat(now.get("age")).isNull();
    assertThat((int) now.get("born")).isBetween(9_995, 10_005).isNotEqualTo(10_000);
    long days = (int) now.get("born") - 10_000L;
    assertThat(now.get("seen")).isEqualTo(1_700_000_000_000_001L + days * 86_400_000_000L);
    assertThat(((ByteBuffer) now.get("photo")).remaining()).isZero();
    assertThat(now.get("notes")).hasToString("[write to <email>, fine]");
    assertThat(((GenericRecord) now.get("home")).get("street")).hasToString("");
  }

  @Test
  void masksRunsOfAvroAndReadsOverWhatWasSettled() throws IOException {
    byte[] run = encoded(0, 1, 2);
    var chunk = new RecordChunk(c -> {});
    chunk.start(new SourcePartition("f", 0), 50);
    chunk.addRun(run, run.length, 3, 50, PATIENT);
    chunk.skip(1);
    mask(DecoderSpec.avro("container", Optional.empty()), chunk, avroRules());
    assertThat(chunk.count()).isEqualTo(2);
    assertThat(chunk.delimited()).isTrue();
    for (int i = 0; i < 2; i++) {
      assertThat(chunk.fault(i)).isNull();
      assertThat(chunk.position(i)).isEqualTo(51 + i);
      assertMasked(decoded(chunk.bytes(), chunk.start(i), chunk.end(i)), 1 + i);
    }
  }

  @Test
  void keepsNothingOfWhatLiesBehindDamageInARun() throws IOException {
    byte[] run = encoded(0, 1, 2);
    int whole = encoded(0).length;
    run[whole] = (byte) 0x7F; // a length of -64
    var chunk = new RecordChunk(c -> {});
    chunk.start(new SourcePartition("f", 0), 0);
    chunk.addRun(run, run.length, 3, 0, PATIENT);
    mask(DecoderSpec.avro("container", Optional.empty()), chunk, avroRules());
    assertMasked(decoded(chunk.bytes(), chunk.start(0), chunk.end(0)), 0);
    assertThat(faults.subList(1, 3)).allMatch(f -> f.reason() == RejectionReason.MALFORMED);
    assertThat(seen.subList(1, 3)).containsOnly("");
  }

  @Test
  void masksFramedAvroAndKnowsItsSchema() throws IOException {
    byte[] body = encoded(5);
    ByteBuffer framed = ByteBuffer.allocate(5 + body.length).put((byte) 0).putInt(9).put(body);
    var chunk = new RecordChunk(c -> {});
    chunk.start(new SourcePartition("t", 0), 0);
    chunk.add(framed.array(), 0, framed.capacity(), 0, 0);
    chunk.add(new byte[] {1, 2}, 0, 2, 1, 0);
    mask(DecoderSpec.avro("confluent", Optional.of(PATIENT)), chunk, avroRules());
    assertThat(ByteBuffer.wrap(chunk.bytes()).getInt(1)).isEqualTo(9);
    assertMasked(decoded(chunk.bytes(), 5, chunk.end(0)), 5);
    assertThat(faults.get(1).reason()).isEqualTo(RejectionReason.MALFORMED);

    byte[] message = new byte[10 + body.length];
    ByteBuffer.wrap(message)
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .put((byte) 0xC3)
        .put((byte) 1)
        .putLong(org.apache.avro.SchemaNormalization.parsingFingerprint64(PATIENT))
        .put(body);
    chunk.start(new SourcePartition("t", 0), 0);
    chunk.add(message, 0, message.length, 0, 0);
    mask(DecoderSpec.avro("single-object", Optional.of(PATIENT)), chunk, avroRules());
    assertMasked(decoded(chunk.bytes(), 10, chunk.end(0)), 5);
  }

  @Test
  void keepsNothingOfRecordsThatCannotBeReadUnlessAsked() {
    RecordChunk chunk = chunk("{\"a\":\"jane@example.org\"", "no json of jane@example.org");
    Envelope with =
        new Envelope(
            bytes("jane@example.org"), List.of(new Envelope.Header("from", bytes("10.0.0.1 x"))));
    chunk.envelopes(i -> with);
    mask(DecoderSpec.jsonLines(), chunk, rule("drop", Map.of("fields", List.of("a"))));
    assertThat(seen).containsOnly("");
    assertThat(faults).allMatch(f -> f.reason() == RejectionReason.MALFORMED);
    assertThat(faults.toString()).contains("23 bytes", "nothing is kept").doesNotContain("jane");
    assertThat(envelope).isEqualTo(Envelope.NONE);

    chunk = chunk("no json of jane@example.org");
    chunk.envelopes(i -> with);
    mask(
        DecoderSpec.jsonLines(),
        chunk,
        rule("drop", Map.of("fields", List.of("a"))),
        rule("unreadable", Map.of("keep", "detected")));
    assertThat(seen).containsExactly("no json of <email>");
    assertThat(envelope.key()).isEqualTo(bytes("<email>"));
    assertThat(envelope.headers().getFirst().value()).isEqualTo(bytes("<ip> x"));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void rejectsRecordsThatHoldWhatIsLookedForAndKeepsThemMasked() {
    ComponentSpec reject = rule("detect", Map.of("kinds", List.of("card"), "action", "reject"));
    mask(
        DecoderSpec.jsonLines(),
        chunk(
            "{\"a\":\"4111111111111111\",\"b\":1}", "{\"a\":\"fine\"}", "{\"a\":4111111111111111}"),
        reject);
    assertThat(faults.get(0))
        .isEqualTo(new Fault(RejectionReason.SENSITIVE, "the record holds card"));
    assertThat(seen.get(0)).isEqualTo("{\"a\":\"<card>\",\"b\":1}");
    assertThat(faults.get(1)).isNull();
    assertThat(seen.get(2)).isEqualTo("{}");
    assertThat(
            masked(
                DecoderSpec.jsonLines(),
                "{\"a\":\"x 4111-1111-1111-1111\"}",
                rule("detect", Map.of("action", "mask"))))
        .isEqualTo("{\"a\":\"x ****-****-****-****\"}");
  }

  /** A tenth of all fractions of sixteen decimals would pass for a card. */
  @Test
  void leavesNumbersAlone() {
    var random = new java.util.Random(4);
    for (int i = 0; i < 2000; i++) {
      String json =
          "{\"a\":" + (10 + random.nextGaussian()) + ",\"t\":" + (1_700_000_000_000L + i) + "}";
      assertThat(masked(DecoderSpec.jsonLines(), json, rule("detect", Map.of()))).isEqualTo(json);
      String cells = random.nextGaussian() + "," + random.nextDouble() + "," + random.nextInt();
      DecoderSpec csv = DecoderSpec.csv(List.of("a", "b", "c"), ',');
      assertThat(masked(csv, cells, rule("detect", Map.of()))).isEqualTo(cells);
    }
  }

  @Test
  void refusesWhatCannotBeDone() throws IOException {
    assertFault(
        "0.pseudonym.key",
        "cannot be read",
        rule("pseudonym", Map.of("fields", List.of("a"), "key", "file:absent")));
    assertFault(
        "0.pseudonym.key",
        "does not belong in a job file",
        rule("pseudonym", Map.of("fields", List.of("a"), "key", "hunter2")));
    Files.writeString(folder.resolve("short"), "abc");
    assertFault(
        "0.pseudonym.key",
        "has 3 bytes, fewer than 16",
        rule("pseudonym", Map.of("fields", List.of("a"), "key", "file:short")));
    assertFault(
        "0.detect.kinds",
        "shoe-size is not one of card, email",
        rule("detect", Map.of("kinds", List.of("shoe-size"))));
    assertThatThrownBy(
            () ->
                Masking.of(List.of(rule("detect", Map.of())), folder)
                    .before(
                        (a, b, c) -> {},
                        DecoderSpec.fixed("text-window"),
                        WriterSchemas.ofJob(null)))
        .hasMessageContaining("text-window has no fields");
  }

  private void assertFault(String key, String message, ComponentSpec rule) {
    assertThatThrownBy(() -> Masking.of(List.of(rule), folder))
        .isInstanceOf(InvalidSettingException.class)
        .hasFieldOrPropertyWithValue("key", key)
        .hasMessageContaining(message)
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void masksLabelsOfImagesAndKeepsNoImageInALetter() {
    RecordChunk chunk = chunk("Jane\npixels", "no label");
    List<String> letters = new ArrayList<>();
    Masking.of(List.of(pseudonym("label")), folder)
        .before(
            (from, into, rejections) -> {
              for (int i = 0; i < from.count(); i++) {
                seen.add(record(from, i));
                rejections.reject(from, i, RejectionReason.MALFORMED, "it says: Jane");
              }
            },
            DecoderSpec.fixed("image-folder"),
            WriterSchemas.ofJob(null))
        .decode(
            chunk,
            new SampleBlock(SCHEMA, 8),
            (c, record, reason, detail) -> letters.add(record(c, record) + reason.code() + detail));
    assertThat(seen).last().isEqualTo("no label");
    assertThat(seen.getFirst()).matches("ps-[0-9a-f]{32}\npixels");
    String why = "malformedthe record is no image that can be read; nothing of it is kept";
    assertThat(letters).hasSize(2).last().isEqualTo(why);
    assertThat(letters.getFirst()).matches("ps-[0-9a-f]{32}\n" + why);
  }

  private static String record(RecordChunk chunk, int i) {
    int length = chunk.end(i) - chunk.start(i);
    return new String(chunk.bytes(), chunk.start(i), length, StandardCharsets.UTF_8);
  }

  @Test
  void namesOfImageFilesAreAField() {
    Masking masking = Masking.of(List.of(pseudonym("file")), folder);
    assertThat(masking.fileNaming("idx").orElseThrow().told("jane.idx")).matches("ps-[0-9a-f]{32}");
    assertThat(masking.fileNaming("jsonl")).isEmpty(); // there it is a field of the record
    assertThat(Masking.of(List.of(pseudonym("label")), folder).fileNaming("idx")).isEmpty();
  }

  @Test
  void isNotThereWhereNothingIsToBeMasked() {
    io.headrace.ingest.SampleDecoder decoder = (from, into, rejections) -> {};
    assertThat(
            Masking.of(List.of(), folder)
                .before(decoder, DecoderSpec.jsonLines(), WriterSchemas.ofJob(null)))
        .isSameAs(decoder);
  }
}
