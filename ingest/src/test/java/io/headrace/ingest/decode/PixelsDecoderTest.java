package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;
import java.util.List;
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
  void readsIdxWithAndWithoutLabels() {
    var image = new InputMapping.Image("image", "image", List.of(1, 2, 2));
    SampleMapping mapping = mapping("label", image);
    byte[] labelled = {7, 0, 51, (byte) 255, 102};
    byte[] bare = {0, 51, (byte) 255, 102};
    List<Float> pixels = Row.floats(0, 0.2f, 1, 0.4f);
    Trial trial = new Trial(DecoderSpec.fixed("idx"), mapping);
    assertThat(trial.add(labelled).rows()).containsExactly(Row.of(0, 7, 1, 1000, pixels));
    assertThat(trial.add(bare).add(new byte[3]).rejections())
        .containsExactly(
            "0 missing-field: label label is missing",
            "1 malformed: the record has 3 bytes, not 5 for a label and 1 x 4 pixels: it is cut off"
                + " or of another format");
    assertThat(
            new Trial(DecoderSpec.fixed("idx"), mapping.withoutLabel())
                .add(labelled)
                .add(bare)
                .rows())
        .extracting(Row::inputs)
        .containsOnly(List.of(pixels));
  }
}
