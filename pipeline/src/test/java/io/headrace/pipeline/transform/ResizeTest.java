package io.headrace.pipeline.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResizeTest {
  private static final int ROWS = 7;

  @ParameterizedTest(name = "{0} x {1} x {2} to {3} x {4}")
  @CsvSource({
    "5, 4, 3, 5, 4",
    "5, 4, 3, 11, 9",
    "5, 4, 3, 2, 3",
    "5, 4, 1, 2, 31",
    "32, 32, 3, 24, 20",
    "1, 1, 2, 3, 4",
    "9, 1, 1, 1, 1",
    "17, 13, 4, 1, 50"
  })
  void isWhatTheSlowWayGives(int height, int width, int channels, int toHeight, int toWidth) {
    SampleSchema schema = schema(height, width, channels);
    float[] pixels = pixels(height * width * channels, 1);
    SampleBlock block = block(schema, pixels);
    resize(toHeight, toWidth).bind(schema).apply(block);

    int floats = toHeight * toWidth * channels;
    assertThat(block.dense(1).width()).isEqualTo(floats);
    float[] all = Floats.toArray(block.dense(1).values());
    for (int row = 0; row < ROWS; row++) {
      int start = row * height * width * channels;
      for (int i = 0; i < floats; i++) {
        double y = centre(i / channels / toWidth, height, toHeight);
        double x = centre(i / channels % toWidth, width, toWidth);
        double expected = 0;
        for (int v = 0; v < height; v++) {
          for (int u = 0; u < width; u++) {
            double weight = Math.max(0, 1 - Math.abs(y - v)) * Math.max(0, 1 - Math.abs(x - u));
            expected += weight * pixels[start + (v * width + u) * channels + i % channels];
          }
        }
        assertThat(all[row * floats + i]).isCloseTo((float) expected, within(1e-5f));
      }
    }
  }

  /** Where a pixel's centre lies, in double precision. */
  private static double centre(int i, int from, int to) {
    return Math.clamp((i + 0.5) * from / to - 0.5, 0, from - 1);
  }

  /**
   * {@code interpolate(x, size=(h, w), mode='bilinear', align_corners=False)} of PyTorch 1.13, with
   * {@code x = (arange(12.) * 7 % 11).reshape(1, 2, 3, 2).permute(0, 3, 1, 2)}.
   */
  @Test
  void isWhatPyTorchGives() {
    assertThat(recorded(3, 5))
        .containsExactly(
            new float[] {
              0, 7, 1.2f, 8.2f, 3, 10, 4.8f, 5.2f, 6, 2, 4.5f, 6, 3.5f, 7.2f, 2, 9, 3.8f, 4.2f, 5,
              1, 9, 5, 5.8f, 6.2f, 1, 8, 2.8f, 3.2f, 4, 0
            },
            within(1e-5f));
    assertThat(recorded(1, 2))
        .containsExactly(new float[] {3.875f, 6.75f, 4.25f, 3}, within(1e-6f));
    assertThat(recorded(4, 1))
        .containsExactly(new float[] {3, 10, 2.5f, 9.5f, 1.5f, 8.5f, 1, 8}, within(1e-6f));
  }

  private static float[] recorded(int height, int width) {
    float[] image = {0, 7, 3, 10, 6, 2, 9, 5, 1, 8, 4, 0};
    SampleSchema schema = schema(2, 3, 2);
    var block = new SampleBlock(schema, 1);
    block.start(new SourcePartition("t", 0), 0);
    Floats.copyIn(image, block.dense(1).values(), 0);
    block.commitRow(0, 1, 0, 0);
    resize(height, width).bind(schema).apply(block);
    float[] resized = new float[height * width * 2];
    Floats.copyOut(block.dense(1).values(), 0, resized);
    return resized;
  }

  @Test
  void leavesEverythingElseOfTheBlockAndTakesTheNextOneAsBefore() {
    SampleSchema schema = schema(3, 3, 1);
    float[] pixels = pixels(9, 2);
    SampleBlock block = block(schema, pixels);
    UnboundTransform larger = resize(6, 6);
    Transform first = larger.bind(schema);
    first.apply(block);
    float[] once = Floats.toArray(block.dense(1).values());
    assertThat(block.size()).isEqualTo(ROWS);
    assertThat(block.positions()).startsWith(100, 101, 102);
    assertThat(Floats.read(block.dense(0).values(), ROWS - 1)).isEqualTo(ROWS - 1);

    var batch = new SampleBlock(larger.output(schema), 2);
    batch.start(block.partition(), 0);
    batch.appendRows(block, 3, 5);
    assertThat(Floats.toArray(batch.dense(1).values()))
        .isEqualTo(java.util.Arrays.copyOfRange(once, 3 * 36, 5 * 36));

    fill(block, pixels);
    first.apply(block);
    assertThat(Floats.toArray(block.dense(1).values())).isEqualTo(once);
  }

  @Test
  void filtersAndResizesAfterOneAnother() {
    SampleSchema schema = schema(4, 4, 1);
    UnboundTransform one = resize(8, 2);
    UnboundTransform two = resize(3, 5);
    SampleBlock block = block(schema, pixels(16, 3));
    SampleBlock whole = block(schema, pixels(16, 3));
    for (SampleBlock each : List.of(block, whole)) {
      one.bind(schema).apply(each);
      if (each.equals(block)) {
        each.retainRows(row -> row % 2 == 1);
      }
      two.bind(one.output(schema)).apply(each);
    }
    assertThat(block.size()).isEqualTo(3);
    float[] kept = Floats.toArray(block.dense(1).values());
    float[] all = Floats.toArray(whole.dense(1).values());
    for (int row = 0; row < 3; row++) {
      for (int i = 0; i < 15; i++) {
        assertThat(kept[row * 15 + i]).isEqualTo(all[(2 * row + 1) * 15 + i]);
      }
    }
  }

  @Test
  void saysWhatTheSamplesAreBehindIt() {
    SampleSchema schema = schema(5, 4, 3);
    assertThat(resize(8, 9).output(schema).inputs())
        .extracting(SampleSchema.Input::spec)
        .containsExactly(new InputSpec.Dense(List.of(1)), new InputSpec.Dense(List.of(8, 9, 3)));
  }

  @Test
  void refusesSizesThatCannotBe() {
    assertThatThrownBy(() -> resize(0, 4))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("0 is not within 1 to 16384");
    assertThatThrownBy(() -> resize(16_384, 16_384).bind(schema(5, 4, 3)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(
            "16384 and width 16384 make images of 805,306,368 floats (3 channels), more than the 67,108,864 that fit. Make them smaller.");
    var numbers =
        new SampleSchema(
            List.of(new SampleSchema.Input("image", new InputSpec.Dense(List.of(12)))),
            new LabelSpec.Numeric());
    assertThatThrownBy(() -> resize(2, 2).bind(numbers)).hasMessageContaining("is no image");
  }

  private static UnboundTransform resize(int height, int width) {
    var variants = Transforms.variants();
    return variants.create(
        variants.spec("resize", Map.of("input", "image", "height", height, "width", width)));
  }

  private static SampleSchema schema(int height, int width, int channels) {
    return new SampleSchema(
        List.of(
            new SampleSchema.Input("number", new InputSpec.Dense(List.of(1))),
            new SampleSchema.Input("image", new InputSpec.Dense(List.of(height, width, channels)))),
        new LabelSpec.Numeric());
  }

  private static float[] pixels(int floats, long seed) {
    var random = new Random(seed);
    float[] pixels = new float[ROWS * floats];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    return pixels;
  }

  private static SampleBlock block(SampleSchema schema, float[] pixels) {
    var block = new SampleBlock(schema, ROWS);
    fill(block, pixels);
    return block;
  }

  private static void fill(SampleBlock block, float[] pixels) {
    block.start(new SourcePartition("t", 0), 100);
    Floats.copyIn(pixels, block.dense(1).values(), 0);
    for (int row = 0; row < ROWS; row++) {
      Floats.write(block.dense(0).values(), row, row);
      block.commitRow(0, 1, 0, 100 + row);
    }
  }
}
