package io.headrace.ingest.push;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Damaged bodies and noise: cut into records or refused, with a reason, never anything else. */
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzedBodiesTest {
  private static final int BODIES = Integer.getInteger("headrace.fuzz.records", 20_000);
  private static final long SEED = Long.getLong("headrace.fuzz.seed", 1);
  private static final int MOST_BYTES = 1 << 16;
  private static final HexFormat HEX = HexFormat.of();

  private final Random random = new Random(SEED);

  private static byte[] container(String codec) throws IOException {
    Schema schema =
        SchemaBuilder.record("Row").fields().requiredInt("id").requiredString("note").endRecord();
    var bytes = new ByteArrayOutputStream();
    try (var writer = new DataFileWriter<>(new GenericDatumWriter<GenericRecord>())) {
      writer.setCodec(CodecFactory.fromString(codec));
      writer.create(schema, bytes, new byte[16]);
      for (int i = 0; i < 20; i++) {
        writer.append(new GenericRecordBuilder(schema).set("id", i).set("note", "n" + i).build());
        if (i % 7 == 0) {
          writer.sync();
        }
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void containersAreCutOrRefused() throws IOException {
    fuzz("avro", List.of(container("null"), container("deflate")));
  }

  @Test
  void linesAreCutOrRefused() {
    byte[] lines = "{\"a\": 1}\r\n\n{\"a\": 2}\n".getBytes(StandardCharsets.UTF_8);
    fuzz("jsonl", List.of(lines, new byte[0], "\n\r\n".getBytes(StandardCharsets.UTF_8)));
  }

  private void fuzz(String format, List<byte[]> sound) {
    var mutator = new Mutator(random, sound, List.of("\n", "\r\n", "Obj\u0001", "avro.schema"));
    PushBody reader = PushBody.of(format, MOST_BYTES);
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
