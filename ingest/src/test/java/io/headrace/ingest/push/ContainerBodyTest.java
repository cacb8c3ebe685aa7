package io.headrace.ingest.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.headrace.ingest.UnpackLimit;
import io.headrace.ingest.push.PushOutcome.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerBodyTest {
  private static final Schema SCHEMA = new Schema.Parser().parse("\"string\"");
  private static final int MAX_BYTES = 100_000;

  private final PushBody body = PushBody.of("avro", MAX_BYTES);

  private static byte[] container(CodecFactory codec, int records, String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var writer = new DataFileWriter<>(new GenericDatumWriter<>(SCHEMA))) {
      writer.setCodec(codec).setSyncInterval(1000).create(SCHEMA, bytes);
      for (int i = 0; i < records; i++) {
        writer.append(text + i);
      }
    }
    return bytes.toByteArray();
  }

  private Reason refusal(byte[] content) {
    return catchThrowableOfType(UnreadableBodyException.class, () -> body.cut(content)).reason();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "deflate"})
  void takesEveryBlockOfAContainer(String codec) throws Exception {
    PushBody.Cut cut = body.cut(container(CodecFactory.fromString(codec), 500, "some text "));
    assertThat(cut.schema()).isEqualTo("\"string\"");
    assertThat(cut.blocks()).hasSizeGreaterThan(2);
    assertThat(cut.blocks().stream().mapToInt(block -> block.records).sum()).isEqualTo(500);
    PushedBlock first = cut.blocks().getFirst();
    assertThat(first.ends).isNull();
    assertThat(first.bytes).startsWith(22, 's', 'o', 'm', 'e');
  }

  @Test
  void refusesWhatUnpacksToTooMuch() throws IOException {
    byte[] bomb = container(CodecFactory.deflateCodec(9), 20, "0".repeat(10_000));
    assertThat(bomb.length).isLessThan(MAX_BYTES / 10);
    assertThat(refusal(bomb)).isEqualTo(Reason.TOO_LARGE);
  }

  @Test
  void refusesMoreRecordsThanABlockMayHave() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var writer = new DataFileWriter<>(new GenericDatumWriter<>(SCHEMA))) {
      writer.setCodec(CodecFactory.deflateCodec(9)).setSyncInterval(1 << 22).create(SCHEMA, bytes);
      for (int i = 0; i <= UnpackLimit.RECORDS; i++) {
        writer.append("");
      }
    }
    PushBody large = PushBody.of("avro", 2 * UnpackLimit.RECORDS);
    assertThatThrownBy(() -> large.cut(bytes.toByteArray()))
        .isInstanceOfSatisfying(
            UnreadableBodyException.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.TOO_LARGE));
  }

  @Test
  void refusesOtherCodecsAndEmptyOnes() throws IOException {
    assertThat(refusal(container(CodecFactory.bzip2Codec(), 3, "a")))
        .isEqualTo(Reason.OTHER_FORMAT);
    assertThat(refusal(container(CodecFactory.nullCodec(), 0, "a"))).isEqualTo(Reason.UNREADABLE);
    assertThat(refusal(new byte[0])).isEqualTo(Reason.UNREADABLE);
    assertThat(refusal("{\"a\": 1}".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isEqualTo(Reason.UNREADABLE);
  }

  @Test
  void refusesEveryContainerThatIsCutWithinABlock() throws Exception {
    byte[] whole = container(CodecFactory.deflateCodec(6), 60, "text ");
    int wholes = 0;
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      try {
        assertThat(body.cut(cut).blocks()).isNotEmpty();
        wholes++; // cut exactly between two blocks
      } catch (UnreadableBodyException e) {
        assertThat(e.reason()).isEqualTo(Reason.UNREADABLE);
      }
    }
    assertThat(wholes).isZero();
  }

  @Test
  void neverFailsOtherwiseOnDamagedContainers() throws Exception {
    byte[] whole = container(CodecFactory.deflateCodec(6), 60, "text ");
    long seed = 20260301;
    var random = new Random(seed);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = whole.clone();
      for (int i = 0; i <= round % 4; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(body.cut(damaged).blocks()).isNotEmpty();
      } catch (UnreadableBodyException e) {
        refused++;
      }
    }
    assertThat(refused).as("seed %d", seed).isGreaterThan(10_000);
  }
}
