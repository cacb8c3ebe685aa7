package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.ingest.UnpackLimit;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records whose few bytes ask for depth, numbers and memory that nobody has. */
@Tag("attack")
class HostileRecordsTest {
  private static final int DEPTH = 100_000;
  private static final LabelMapping LABEL =
      new LabelMapping("y", new LabelSpec.Classes(List.of("no", "yes")));

  private static SampleMapping mapping(InputMapping input) {
    return new SampleMapping(LABEL, Optional.empty(), Optional.empty(), List.of(input));
  }

  /** What came of the work, which may take so many bytes of memory. */
  private static <T> T within(long bytes, Supplier<T> work) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    T result = work.get();
    assertThat(threads.getCurrentThreadAllocatedBytes() - before)
        .as("bytes allocated")
        .isBetween(1L, bytes);
    return result;
  }

  static List<String> deepJson() {
    return List.of(
        "{\"a\":".repeat(DEPTH),
        "{\"a\":".repeat(DEPTH) + "1" + "}".repeat(DEPTH),
        "{\"a\":" + "[".repeat(DEPTH),
        "{\"v\":" + "[".repeat(DEPTH) + "]".repeat(DEPTH) + "}",
        "[".repeat(DEPTH),
        "{\"y\":" + "[{\"y\":".repeat(DEPTH));
  }

  @ParameterizedTest
  @MethodSource("deepJson")
  void jsonThatIsDeepIsRejected(String record) {
    Trial trial =
        new Trial(DecoderSpec.jsonLines(), mapping(new InputMapping.DenseVector("x", "v", 2)));
    trial.add(record);
    assertThat(within(16 << 20, trial::rejections))
        .singleElement()
        .asString()
        .startsWith("0 malformed: ")
        .hasSizeLessThan(1_000);
    assertThat(trial.add("{\"y\": 1, \"v\": [3, 4]}").rows()).as("it goes on").hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "-1e", "0.", "1e-"})
  void jsonNumbersOfManyDigitsAreRejected(String begun) {
    Trial trial =
        new Trial(DecoderSpec.jsonLines(), mapping(new InputMapping.DenseVector("x", "v", 2)));
    trial.add("{\"y\": 1, \"v\": [1, " + begun + "1".repeat(1_000_000) + "]}");
    assertThat(within(16 << 20, trial::rejections))
        .singleElement()
        .asString()
        .hasSizeLessThan(1_000);
  }

  private static final Schema LIST =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Node", "fields": [
                {"name": "y", "type": "int"},
                {"name": "v", "type": {"type": "array", "items": "float"}},
                {"name": "text", "type": ["null", "string"]},
                {"name": "nothing", "type": {"type": "array", "items": "null"}},
                {"name": "map", "type": {"type": "map", "values": "null"}},
                {"name": "next", "type": ["null", "Node"]}]}
              """);

  /** Writes the beginning of a record. */
  private interface Begin {
    void to(BinaryEncoder out) throws IOException;
  }

  private static String rejection(Begin begin) throws IOException {
    var bytes = new ByteArrayOutputStream();
    BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
    begin.to(out);
    out.flush();
    Trial trial =
        new Trial(
            DecoderSpec.avro("bare", Optional.of(LIST)),
            mapping(new InputMapping.DenseVector("x", "v", 2)));
    trial.add(bytes.toByteArray());
    return within(16 << 20, trial::rejections).getFirst();
  }

  private static void vector(BinaryEncoder out) throws IOException {
    out.writeInt(1);
    out.writeLong(2);
    out.writeFloat(1);
    out.writeFloat(2);
    out.writeLong(0);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MIN_VALUE, 1L << 50, Integer.MAX_VALUE, -5})
  void avroThatPromisesMoreThanThereIsIsRejected(long promised) throws IOException {
    String items =
        rejection(
            out -> {
              out.writeInt(1);
              out.writeLong(promised);
            });
    assertThat(items).startsWith("0 malformed: ");
    String text =
        rejection(
            out -> {
              vector(out);
              out.writeIndex(1);
              out.writeLong(promised);
            });
    assertThat(text).startsWith("0 malformed: text or bytes of length " + promised);
    String map =
        rejection(
            out -> {
              vector(out);
              out.writeIndex(0);
              out.writeLong(0);
              out.writeLong(promised);
            });
    assertThat(map).startsWith("0 malformed: ");
  }

  /** Items without bytes cost no time either, however many there are. */
  @Test
  void avroThatPromisesVeryMuchOfNothingIsReadOver() throws IOException {
    String cut =
        rejection(
            out -> {
              vector(out);
              out.writeIndex(0);
              out.writeLong(Long.MAX_VALUE);
              out.writeLong(0);
            });
    assertThat(cut)
        .isEqualTo("0 malformed: the record ends where a number is expected: 0 bytes are left");
  }

  @Test
  void avroThatIsDeepIsRejected() throws IOException {
    String deep =
        rejection(
            out -> {
              for (int i = 0; i < DEPTH; i++) {
                vector(out);
                out.writeIndex(0);
                out.writeLong(0);
                out.writeLong(0);
                out.writeIndex(1);
              }
            });
    assertThat(deep).startsWith("0 malformed: ").hasSizeLessThan(300);
  }

  @Test
  void aPictureThatTakesTooMuchMemoryIsRejected() throws IOException {
    int side = (int) Math.sqrt(UnpackLimit.bytes() / 3.0) + 100;
    var file = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(side, side, BufferedImage.TYPE_3BYTE_BGR), "png", file);
    assertThat(file.size()).isLessThan(UnpackLimit.bytes() / 300);
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes("no\n".getBytes(StandardCharsets.UTF_8));
    bytes.writeBytes(file.toByteArray());
    Trial trial =
        new Trial(
            DecoderSpec.fixed("image-folder"),
            new SampleMapping(
                new LabelMapping("label", new LabelSpec.Classes(List.of("no", "yes"))),
                Optional.empty(),
                Optional.empty(),
                List.of(new InputMapping.Image("image", "image", List.of(8, 8, 3)))));
    trial.add(bytes.toByteArray());
    assertThat(within(UnpackLimit.bytes() / 8, trial::rejections))
        .singleElement()
        .asString()
        .startsWith("0 malformed: the image ")
        .contains(" %d x %d pixels".formatted(side, side), ", more than ");
  }
}
