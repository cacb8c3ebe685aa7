package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.ingest.decode.Trial.Outcome;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFolderTest {
  private static Trial folder(InputMapping input) {
    return new Trial(DecoderSpec.fixed("image-folder"), mapping(input));
  }

  private static SampleMapping mapping(InputMapping input) {
    var label = new LabelMapping("label", new LabelSpec.Classes(List.of("cat", "dog")));
    return new SampleMapping(label, Optional.empty(), Optional.empty(), List.of(input));
  }

  private static InputMapping image(int height, int width, int channels) {
    return new InputMapping.Image("image", "image", List.of(height, width, channels));
  }

  private static byte[] record(String label, byte[] file) {
    byte[] head = (label + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] record = Arrays.copyOf(head, head.length + file.length);
    System.arraycopy(file, 0, record, head.length, file.length);
    return record;
  }

  private static byte[] file(BufferedImage image, String format) throws IOException {
    var bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, bytes)).isTrue();
    return bytes.toByteArray();
  }

  private static BufferedImage random(int type, int height, int width, long seed) {
    var random = new Random(seed);
    var image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int band = 0; band < image.getRaster().getNumBands(); band++) {
          image.getRaster().setSample(x, y, band, random.nextInt(256));
        }
      }
    }
    return image;
  }

  private static float[] floats(Row row) {
    float[] floats = new float[row.inputs().getFirst().size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (Float) row.inputs().getFirst().get(i);
    }
    return floats;
  }

  @Test
  void readsColoursAsTheyAre() throws IOException {
    BufferedImage image = random(BufferedImage.TYPE_INT_RGB, 3, 5, 1);
    float[] expected = new float[45];
    for (int i = 0; i < 45; i++) {
      int rgb = image.getRGB(i / 3 % 5, i / 15);
      expected[i] = ((rgb >> (16 - 8 * (i % 3))) & 0xff) / 255f;
    }
    assertThat(folder(image(3, 5, 3)).add(record("dog", file(image, "png"))).rows())
        .containsExactly(Row.of(0, 1, 1, 1000, Row.floats(expected)));
  }

  @Test
  void readsGreyWithoutBendingItsBrightness() throws IOException {
    BufferedImage image = random(BufferedImage.TYPE_BYTE_GRAY, 4, 4, 2);
    float[] grey = new float[16];
    float[] colours = new float[48];
    for (int i = 0; i < 48; i++) {
      colours[i] = image.getRaster().getSample(i / 3 % 4, i / 12, 0) / 255f;
      grey[i / 3] = colours[i];
    }
    byte[] png = record("cat", file(image, "png"));
    assertThat(floats(folder(image(4, 4, 1)).add(png).rows().getFirst())).isEqualTo(grey);
    assertThat(floats(folder(image(4, 4, 3)).add(png).rows().getFirst())).isEqualTo(colours);
  }

  @Test
  void makesGreyOfColours() throws IOException {
    var image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, 0x6496c8);
    float[] grey =
        floats(folder(image(1, 1, 1)).add(record("cat", file(image, "png"))).rows().getFirst());
    assertThat(grey[0]).isEqualTo(141 / 255f);
  }

  @Test
  void resizesBetweenTheCentresOfPixels() throws IOException {
    var image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSample(1, 0, 0, 200);
    byte[] png = record("cat", file(image, "png"));
    assertThat(floats(folder(image(2, 4, 1)).add(png).rows().getFirst()))
        .isEqualTo(
            new float[] {
              0, 50 / 255f, 150 / 255f, 200 / 255f, 0, 50 / 255f, 150 / 255f, 200 / 255f
            });
    assertThat(floats(folder(image(1, 1, 1)).add(png).rows().getFirst()))
        .isEqualTo(new float[] {100 / 255f});
  }

  @Test
  void readsJpeg() throws IOException {
    var image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i++) {
      image.setRGB(i % 16, i / 16, 0x336699);
    }
    float[] pixels =
        floats(folder(image(8, 8, 3)).add(record("cat", file(image, "jpg"))).rows().getFirst());
    for (int i = 0; i < pixels.length; i++) {
      assertThat(pixels[i]).isCloseTo(0.2f * (1 + i % 3), within(0.03f));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg"})
  void rejectsImagesThatAreCutOff(String format) throws IOException {
    byte[] whole = file(random(BufferedImage.TYPE_INT_RGB, 20, 20, 3), format);
    Trial trial = folder(image(20, 20, 3));
    int lost = format.equals("png") ? 16 : 2; // what stands behind the last pixel
    for (int length = 0; length < whole.length - lost; length += 7) {
      Outcome outcome = trial.add(record("cat", Arrays.copyOf(whole, length))).decode();
      assertThat(outcome.rows()).as("%s of %s bytes", length, whole.length).isEmpty();
      assertThat(outcome.rejections()).singleElement().asString().startsWith("0 malformed: the ");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void neverThrowsForDamage(long seed) throws IOException {
    var random = new Random(seed);
    Trial trial = folder(image(6, 6, 3));
    for (String format : List.of("png", "jpg", "bmp", "gif")) {
      byte[] whole = file(random(BufferedImage.TYPE_INT_RGB, 20, 20, seed), format);
      for (int i = 0; i < 40; i++) {
        byte[] damaged = whole.clone();
        for (int flips = random.nextInt(8); flips >= 0; flips--) {
          damaged[random.nextInt(Math.min(damaged.length, 200))] = (byte) random.nextInt(256);
        }
        Outcome outcome = trial.add(record("cat", damaged)).decode();
        assertThat(outcome.rows().size() + outcome.rejections().size()).isEqualTo(1);
      }
    }
  }

  @Test
  void rejectsWhatIsNoImageOrOfNoClass() throws IOException {
    byte[] png = file(random(BufferedImage.TYPE_INT_RGB, 2, 2, 4), "png");
    Trial trial = folder(image(2, 2, 3));
    byte[] text = "not an image".getBytes(StandardCharsets.UTF_8);
    assertThat(trial.add(record("cat", text)).add(record("cow", png)).rejections())
        .containsExactly(
            "0 malformed: the file is no image that can be read, such as PNG",
            "1 label-out-of-range: label label is 'cow', none of the 2 classes: cat, dog");
  }

  @Test
  void rejectsAnImageOfAbsurdSizeBeforeItIsUnpacked() throws IOException {
    byte[] png = file(random(BufferedImage.TYPE_INT_RGB, 2, 2, 5), "png");
    png[18] = (byte) 0xff; // width 65,282
    png[22] = (byte) 0xff; // height 65,282
    assertThat(folder(image(2, 2, 3)).add(record("cat", png)).rejections())
        .singleElement()
        .asString()
        .startsWith("0 malformed: the image ");
  }

  @Test
  void rejectsAnImageThatSaysItHasMorePixelsThanItsBytesCanHold() throws IOException {
    byte[] png = file(random(BufferedImage.TYPE_INT_RGB, 2, 2, 5), "png");
    png[18] = 31; // width 7,938
    png[22] = 31; // height 7,938: fewer pixels than are too many for any file
    assertThat(folder(image(2, 2, 3)).add(record("cat", png)).rejections())
        .containsExactly(
            "0 malformed: the image says it has 7938 x 7938 pixels, more than %d of its %d bytes"
                .formatted(png.length * 8256, png.length));
  }

  @Test
  void saysWhichInputsItCannotMake() {
    assertThatThrownBy(() -> folder(image(2, 2, 4)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("image-folder makes images of 1 or 3 channels, which image does not");
    assertThatThrownBy(() -> folder(new InputMapping.DenseVector("v", "image", 12)))
        .hasMessageContaining("which v does not take");
  }
}
