package io.headrace.ingest.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.decode.DecoderSpec;
import io.headrace.ingest.decode.WriterSchemas;
import io.headrace.ingest.mask.ChunkMask;
import io.headrace.ingest.mask.Masking;
import io.headrace.ingest.push.PushOutcome.Accepted;
import io.headrace.ingest.push.PushOutcome.Reason;
import io.headrace.ingest.push.PushOutcome.Refused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushed records are masked before the log has them. */
class MaskedPushTest {
  private static final String JANE = "jane@example.org";
  private static final Schema ROW =
      SchemaBuilder.record("Row").fields().requiredString("a").requiredInt("n").endRecord();

  @TempDir private Path folder;

  /** A record as whoever decodes it finds it. */
  private record Read(long position, String bytes, @Nullable Fault fault) {}

  private static Supplier<ChunkMask> masks(DecoderSpec spec, String action) {
    var rule = Masking.variants().spec("detect", Map.of("action", action));
    Masking masking = Masking.of(List.of(rule), Path.of("."));
    return () -> masking.mask(spec, WriterSchemas.ofJob(ROW));
  }

  private PushSampleSource source(String format) {
    var place = new PushSettings.Segments(folder.resolve("log"), 1 << 20);
    var settings = new PushSettings(format, 0, place, 1 << 20, 1 << 16, 0, 100, 1 << 30);
    return new PushSampleSource(settings, place, InstantSource.system());
  }

  private static List<Read> read(PushSampleSource source, long from, long upTo) {
    List<Read> all = new ArrayList<>();
    Positions start =
        from < 0 ? Positions.START : Positions.of(Map.of(PushSampleSource.PARTITION, from));
    source
        .chunks(start)
        .takeUntil(chunk -> chunk.nextPosition() == upTo)
        .toIterable(1)
        .forEach(
            chunk -> {
              for (int i = 0; i < chunk.count(); i++) {
                all.add(new Read(chunk.position(i), text(chunk, i), chunk.fault(i)));
              }
            });
    return all;
  }

  private static String text(RecordChunk chunk, int i) {
    int length = chunk.end(i) - chunk.start(i);
    return new String(chunk.bytes(), chunk.start(i), length, StandardCharsets.UTF_8);
  }

  private static PushOutcome push(PushSampleSource source, byte[] body, String key) {
    return source.push(body, Optional.of(key)).toCompletableFuture().join();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String log() throws IOException {
    var all = new StringBuilder();
    try (Stream<Path> files = Files.list(folder.resolve("log"))) {
      for (Path file : files.toList()) {
        all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }

  private static byte[] container(String... values) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var writer = new DataFileWriter<>(new GenericDatumWriter<GenericRecord>())) {
      writer.create(ROW, bytes);
      for (int i = 0; i < values.length; i++) {
        writer.append(new GenericRecordBuilder(ROW).set("a", values[i]).set("n", i).build());
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void theLogHasNeitherTheRecordNorItsKeyAsTheyCame() throws Exception {
    String body = "{\"a\":\"" + JANE + "\"}\n{\"a\":1} " + JANE + "\n{\"a\":\"fine\"}\n";
    try (var source = source("jsonl")) {
      source.maskWith(masks(DecoderSpec.jsonLines(), "replace"));
      source.chunks(Positions.START).subscribe();
      assertThat(push(source, utf8(body), JANE)).isEqualTo(new Accepted("http-0", 0, 3, false));
      assertThat(push(source, utf8(body), JANE)).isEqualTo(new Accepted("http-0", 0, 3, true));
      PushOutcome reused = push(source, utf8("{\"a\":2}"), JANE);
      assertThat(((Refused) reused).reason()).isEqualTo(Reason.KEY_REUSED);
    }
    assertThat(log()).contains("<email>", "sha256-").doesNotContain("jane");
    try (var again = source("jsonl")) { // which is told of no masking, and masks nothing twice
      List<Read> seen = read(again, -1, 3);
      assertThat(seen).extracting(Read::position).containsExactly(0L, 1L, 2L);
      assertThat(seen)
          .extracting(Read::bytes)
          .containsExactly("{\"a\":\"<email>\"}", "", "{\"a\":\"fine\"}");
      assertThat(seen.get(0).fault()).isNull();
      assertThat(seen.get(1).fault())
          .matches(f -> f != null && f.reason() == RejectionReason.MALFORMED)
          .matches(f -> f != null && f.detail().contains("cannot be masked"));
      assertThat(push(again, utf8(body), "new")).isEqualTo(new Accepted("http-0", 3, 6, false));
    }
    try (var third = source("jsonl")) { // remembered keys are found by their hashes
      third.maskWith(masks(DecoderSpec.jsonLines(), "replace"));
      third.chunks(Positions.START).subscribe();
      assertThat(push(third, utf8(body), JANE)).isEqualTo(new Accepted("http-0", 0, 3, true));
      List<Read> seen = read(third, -1, 6);
      assertThat(seen.subList(3, 6)) // kept as they came, masked when they are read
          .extracting(Read::bytes)
          .containsExactly("{\"a\":\"<email>\"}", "", "{\"a\":\"fine\"}");
    }
  }

  @Test
  void whatIsNotToBeLearnedIsKeptMaskedWithItsReason() throws Exception {
    DecoderSpec spec = DecoderSpec.avro("container", Optional.empty());
    try (var source = source("avro")) {
      source.maskWith(masks(spec, "reject"));
      source.chunks(Positions.START).subscribe();
      assertThat(push(source, container("x", JANE, "z"), "k"))
          .isEqualTo(new Accepted("http-0", 0, 3, false));
      byte[] other = container(JANE, "w");
      assertThat(push(source, other, "l")).isEqualTo(new Accepted("http-0", 3, 5, false));
    }
    assertThat(log()).contains("<email>").doesNotContain("jane");
    try (var again = source("avro")) {
      List<Read> seen = read(again, 1, 5);
      assertThat(seen).extracting(Read::position).containsExactly(1L, 2L, 3L, 4L);
      assertThat(seen)
          .extracting(r -> r.fault() == null ? "" : r.fault().reason().code())
          .containsExactly("sensitive", "", "sensitive", "");
      assertThat(seen.get(0).bytes()).contains("<email>");
    }
  }

  @Test
  void aContainerWithARecordThatCannotBeReadIsRefused() throws Exception {
    byte[] body = container("abcdefghij");
    int at = new String(body, StandardCharsets.ISO_8859_1).lastIndexOf("abcdefghij");
    body[at - 1] = 0x7F; // a length of -64
    try (var source = source("avro")) {
      source.maskWith(masks(DecoderSpec.avro("container", Optional.empty()), "replace"));
      source.chunks(Positions.START).subscribe();
      assertThat(push(source, body, "k"))
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> {
                assertThat(refused.reason()).isEqualTo(Reason.UNREADABLE);
                assertThat(refused.detail()).contains("nothing in it can be masked");
              });
    }
  }

  @Test
  void faultsAreReadAsTheyWereWritten() throws IOException {
    try (SegmentLog log =
        SegmentLog.open(folder.resolve("log"), 1 << 20, new RememberedKeys(0), BlockSeal.NONE)) {
      var fault = new Fault(RejectionReason.SENSITIVE, "field a has an e-mail address");
      var block = PushedBlock.masked(utf8("<email>x"), new int[] {7, 8}, Map.of(0, fault));
      log.commit(List.of(new PushedRequest("k", 1, 2, "", true, List.of(block))));
      try (var reader = new LogReader(log, PushSampleSource.PARTITION, 0, null)) {
        var chunk = new RecordChunk(c -> {});
        assertThat(reader.fill(chunk)).isTrue();
        assertThat(chunk.fault(0)).isEqualTo(fault);
        assertThat(chunk.fault(1)).isNull();
        assertThat(text(chunk, 0)).isEqualTo("<email>");
      }
    }
  }
}
