package io.headrace.ingest.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.ingest.decode.FuzzSettings;
import io.headrace.ingest.decode.Mutator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Damaged bodies and noise: cut into records or refused, with a reason, never anything else. */
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzedBodiesTest {
  private static final int BODIES = FuzzSettings.RECORDS;
  private static final long SEED = FuzzSettings.SEED;
  private static final int MOST_BYTES = 1 << 16;
  private static final HexFormat HEX = HexFormat.of();
  private static final Schema ROW =
      SchemaBuilder.record("Row").fields().requiredInt("id").requiredString("note").endRecord();

  private final Random random = new Random(SEED);

  private static byte[] container(String codec) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var writer = new DataFileWriter<>(new GenericDatumWriter<GenericRecord>())) {
      writer.setCodec(CodecFactory.fromString(codec));
      writer.create(ROW, bytes, new byte[16]);
      for (int i = 0; i < 20; i++) {
        writer.append(new GenericRecordBuilder(ROW).set("id", i).set("note", "n" + i).build());
        if (i % 7 == 0) {
          writer.sync();
        }
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void containersAreCutOrRefused() throws IOException {
    fuzz("avro", PushBody.of("avro", MOST_BYTES), containers());
  }

  @Test
  void containersBecomeMessagesOrAreRefused() throws IOException {
    var body = new SingleObjectBody(new ContainerBody(MOST_BYTES), ROW);
    fuzz("avro for a topic", new MessageBody(body, 40), containers());
  }

  private static List<byte[]> containers() throws IOException {
    return List.of(container("null"), container("deflate"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "jsonl; {\"a\": 1}; {\"a\": 2}",
        "csv; 1,\"two\",3; 4,5,6",
        "vw; 1 |a x:2; -1 'tag |b y",
        "text-lines; good a film; bad another",
      })
  void linesAreCutOrRefused(String format, String first, String second) {
    byte[] lines = (first + "\r\n\n" + second + "\n").getBytes(StandardCharsets.UTF_8);
    fuzz(
        format,
        PushBody.of(format, MOST_BYTES),
        List.of(lines, new byte[0], "\n\r\n".getBytes(StandardCharsets.UTF_8)));
  }

  private void fuzz(String format, PushBody reader, List<byte[]> sound) {
    var mutator = new Mutator(random, sound, List.of("\n", "\r\n", "Obj\u0001", "avro.schema"));
    int cut = 0;
    int refused = 0;
    for (int i = 0; i < BODIES; i++) {
      byte[] body = mutator.next();
      String what = "%s, seed %d, body %d, %s".formatted(format, SEED, i, HEX.formatHex(body));
      try {
        for (PushedBlock block : reader.cut(body.clone()).blocks()) {
          assertThat(block.records).as(what).isPositive();
          assertThat(block.length).as(what).isBetween(0, block.bytes.length);
          assertThat((long) block.records).as(what).isLessThanOrEqualTo(MOST_BYTES);
        }
        cut++;
      } catch (UnreadableBodyException e) {
        assertThat(e.getMessage()).as(what).isNotBlank();
        refused++;
      } catch (RuntimeException | Error e) {
        throw new AssertionError(what + " threw " + e, e);
      }
    }
    System.out.printf(
        "fuzzed %s bodies, seed %d: %d cut, %d refused%n", format, SEED, cut, refused);
    assertThat(cut).isPositive();
    assertThat(refused).isPositive();
  }
}
