package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.DataSets;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.Sources;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PixelsDecoderTest {
  private static final LabelSpec TEN =
      new LabelSpec.Classes(IntStream.range(0, 10).mapToObj(i -> "class " + i).toList());
  private static final InputMapping IMAGE =
      new InputMapping.Image("image", "image", List.of(32, 32, 3));

  private static SampleMapping mapping(String label, InputMapping input) {
    return new SampleMapping(
        new LabelMapping(label, TEN), Optional.empty(), Optional.empty(), List.of(input));
  }

  private static Trial cifar(SampleMapping mapping) {
    return new Trial(DecoderSpec.fixed("cifar10"), mapping);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void putsThePlanesOfCifarSideBySideAndDividesBy255(long seed) {
    var random = new Random(seed);
    byte[] record = new byte[3073];
    random.nextBytes(record);
    record[0] = (byte) random.nextInt(10);
    float[] expected = new float[3072];
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        for (int c = 0; c < 3; c++) {
          int pixel = record[1 + c * 1024 + y * 32 + x] & 0xff;
          expected[(y * 32 + x) * 3 + c] = pixel / 255f;
        }
      }
    }
    var row = Row.of(0, record[0], 1, 1000, Row.floats(expected));
    assertThat(cifar(mapping("label", IMAGE)).add(record).rows()).containsExactly(row);
    var flat = new InputMapping.DenseVector("x", "image", 3072);
    assertThat(cifar(mapping("label", flat)).add(record).rows()).containsExactly(row);
  }

  @Test
  void rejectsWhatIsNoImageOfCifar() {
    byte[] wrongLabel = new byte[3073];
    wrongLabel[0] = 10;
    Trial trial = cifar(mapping("label", IMAGE));
    assertThat(
            trial.add(wrongLabel).add(new byte[3072]).add(new byte[0]).add(new byte[3074]).decode())
        .extracting(Trial.Outcome::rejections)
        .isEqualTo(
            List.of(
                "0 label-out-of-range: label label is 10, none of the 10 classes: "
                    + String.join(", ", ((LabelSpec.Classes) TEN).names()),
                "1 malformed: the record has 3072 bytes, not 3073 for a label and 3 x 1024 pixels:"
                    + " it is cut off or of another format",
                "2 malformed: the record has 0 bytes, not 3073 for a label and 3 x 1024 pixels:"
                    + " it is cut off or of another format",
                "3 malformed: the record has 3074 bytes, not 3073 for a label and 3 x 1024 pixels:"
                    + " it is cut off or of another format"));
  }

  @Test
  void readsUnlabelledImagesForPredictions() {
    byte[] wrongLabel = new byte[3073];
    wrongLabel[0] = 77;
    assertThat(cifar(mapping("label", IMAGE).withoutLabel()).add(wrongLabel).rows()).hasSize(1);
  }

  @Test
  void saysWhatFieldsAndShapesThereAre() {
    assertThatThrownBy(() -> cifar(mapping("lable", IMAGE)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(
            "cifar10 records have the fields label and image, not lable. Did you mean 'label'?");
    var grey = new InputMapping.Image("x", "image", List.of(32, 32, 1));
    assertThatThrownBy(() -> cifar(mapping("label", grey)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("images of shape [32, 32, 3], but input x has shape [32, 32, 1]");
  }

  @Test
  void readsEveryImageOfCifar10() {
    Path data = DataSets.with("cifar10/test_batch.bin");
    SampleMapping mapping = mapping("label", IMAGE);
    var spec =
        Sources.variants()
            .spec("file", Map.of("path", "cifar10/test_batch.bin", "format", "cifar10"));
    SampleSource source = Sources.variants().create(spec).open(data);
    SampleDecoder decoder = Decoders.create(DecoderSpec.fixed("cifar10"), mapping);
    int[] labels = new int[10];
    double[] sums = new double[3];
    for (RecordChunk chunk : source.chunks(Positions.START).toIterable(1)) {
      var block = new SampleBlock(mapping.schema(), chunk.count());
      block.start(chunk.partition(), chunk.firstPosition());
      decoder.decode(
          chunk,
          block,
          (from, record, reason, detail) -> {
            throw new AssertionError(detail);
          });
      chunk.release();
      for (Row row : Row.all(block)) {
        labels[(int) row.label()]++;
        List<?> pixels = row.inputs().getFirst();
        for (int i = 0; i < pixels.size(); i++) {
          sums[i % 3] += (Float) pixels.get(i);
        }
      }
    }
    assertThat(labels).containsOnly(1000);
    String means =
        Arrays.toString(Arrays.stream(sums).mapToLong(s -> Math.round(s / 1024)).toArray());
    assertThat(means).isEqualTo("[4942, 4851, 4504]");
  }
}
