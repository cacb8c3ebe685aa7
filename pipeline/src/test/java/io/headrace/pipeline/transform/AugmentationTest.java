package io.headrace.pipeline.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random transforms against pictures drawn the slow way, over many rows. */
class AugmentationTest {
  private static final int HEIGHT = 5;
  private static final int WIDTH = 4;
  private static final int CHANNELS = 3;
  private static final int FLOATS = HEIGHT * WIDTH * CHANNELS;
  private static final int ROWS = 5000;
  private static final SampleSchema SCHEMA =
      new SampleSchema(
          List.of(
              new SampleSchema.Input("x", new InputSpec.Dense(List.of(2))),
              new SampleSchema.Input(
                  "image", new InputSpec.Dense(List.of(HEIGHT, WIDTH, CHANNELS)))),
          new LabelSpec.Numeric());
  private static final SourcePartition FILE = new SourcePartition("a.bin", 0);
  private static final List<Float> IMAGE = pixels((y, x, c) -> original(y, x, c));

  @FunctionalInterface
  private interface Pixel {
    float at(int y, int x, int c);
  }

  /** Another number at every place, and zero outside. */
  private static float original(int y, int x, int c) {
    boolean inside = y >= 0 && y < HEIGHT && x >= 0 && x < WIDTH;
    return inside ? 1 + (y * WIDTH + x) * CHANNELS + c : 0;
  }

  private static List<Float> pixels(Pixel pixel) {
    List<Float> pixels = new ArrayList<>();
    for (int i = 0; i < FLOATS; i++) {
      pixels.add(pixel.at(i / CHANNELS / WIDTH, i / CHANNELS % WIDTH, i % CHANNELS));
    }
    return pixels;
  }

  private static Transform bind(String name, Map<String, ?> settings) {
    var all = new HashMap<String, Object>(settings);
    all.putIfAbsent("input", "image");
    var variants = Transforms.variants();
    return variants.create(variants.spec(name, all)).bind(SCHEMA);
  }

  /** The image at positions from {@code first} on, one after the other, transformed. */
  private static List<List<Float>> rows(
      SourcePartition partition, long first, int count, Transform... transforms) {
    var block = new SampleBlock(SCHEMA, count + 1);
    block.start(partition, first);
    for (int row = 0; row <= count; row++) {
      for (int i = 0; i < FLOATS; i++) {
        Floats.write(block.dense(1).values(), block.dense(1).start(row) + i, IMAGE.get(i));
      }
      if (row < count) {
        block.commitRow(0, 1, 0, first + row);
      }
    }
    for (Transform transform : transforms) {
      transform.apply(block);
    }
    List<List<Float>> rows = IntStream.rangeClosed(0, count).mapToObj(r -> row(block, r)).toList();
    assertThat(rows.getLast()).as("behind the block's rows").isEqualTo(IMAGE);
    return rows.subList(0, count);
  }

  private static List<Float> row(SampleBlock block, int row) {
    return pixels(
        (y, x, c) ->
            Floats.read(
                block.dense(1).values(),
                block.dense(1).start(row) + ((long) y * WIDTH + x) * CHANNELS + c));
  }

  private static List<List<Float>> rows(Transform... transforms) {
    return rows(FILE, 0, ROWS, transforms);
  }

  /** How often each of {@code pictures} is among the rows, which have nothing else. */
  private static Map<List<Float>, Integer> counted(
      List<List<Float>> rows, List<List<Float>> pictures) {
    var counts = new HashMap<List<Float>, Integer>();
    for (List<Float> row : rows) {
      assertThat(pictures).contains(row);
      counts.merge(row, 1, Integer::sum);
    }
    return counts;
  }

  private static List<List<Float>> moved(int padding) {
    List<List<Float>> pictures = new ArrayList<>();
    for (int down = -padding; down <= padding; down++) {
      for (int right = -padding; right <= padding; right++) {
        int dy = down;
        int dx = right;
        pictures.add(pixels((y, x, c) -> original(y + dy, x + dx, c)));
      }
    }
    return pictures;
  }

  @Test
  void cropsAreTheImageMovedToEveryPlaceEquallyOften() {
    var counts = counted(rows(bind("random-crop", Map.of("padding", 2))), moved(2));
    assertThat(counts).hasSize(25);
    assertThat(counts.values()).allMatch(count -> count > 140 && count < 260);
  }

  @Test
  void cropsMayLeaveNothingOfASmallImage() {
    var counts = counted(rows(bind("random-crop", Map.of("padding", 7))), moved(7));
    assertThat(counts).containsKey(pixels((y, x, c) -> 0)).hasSize(9 * 7 + 1);
  }

  @Test
  void oneImageInTwoIsFlipped() {
    List<Float> flipped = pixels((y, x, c) -> original(y, WIDTH - 1 - x, c));
    var counts = counted(rows(bind("horizontal-flip", Map.of())), List.of(IMAGE, flipped));
    assertThat(counts.get(flipped)).isBetween(2350, 2650);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 9})
  void cutoutIsASquareAroundEveryPixelEquallyOften(int size) {
    List<List<Float>> pictures = new ArrayList<>();
    for (int i = 0; i < HEIGHT * WIDTH; i++) {
      int top = i / WIDTH - size / 2;
      int left = i % WIDTH - size / 2;
      IntPredicate rows = y -> y >= top && y < top + size;
      IntPredicate columns = x -> x >= left && x < left + size;
      pictures.add(pixels((y, x, c) -> rows.test(y) && columns.test(x) ? 0 : original(y, x, c)));
    }
    var counts = counted(rows(bind("cutout", Map.of("size", size))), pictures);
    assertThat(counts.keySet())
        .containsExactlyInAnyOrderElementsOf(pictures.stream().distinct().toList());
    if (size < 3) {
      assertThat(counts.values()).allMatch(count -> count > 170);
    }
  }

  @Test
  void drawsOfTwoTransformsWithOneSeedAreIndependent() {
    Transform flip = bind("horizontal-flip", Map.of());
    Transform crop = bind("random-crop", Map.of("padding", 1));
    List<List<Float>> flipped = rows(flip);
    List<List<Float>> cropped = rows(crop);
    var both = new HashMap<List<Float>, Integer>();
    for (int i = 0; i < ROWS; i++) {
      if (!flipped.get(i).equals(IMAGE)) {
        both.merge(cropped.get(i), 1, Integer::sum);
      }
    }
    assertThat(both).hasSize(9);
    assertThat(both.values()).allMatch(count -> count > 210 && count < 350);
  }

  @ParameterizedTest
  @ValueSource(strings = {"random-crop", "horizontal-flip", "cutout"})
  void aRowIsAugmentedAlikeWhateverBlockItIsIn(String name) {
    Transform transform = bind(name, name.equals("cutout") ? Map.of("size", 2) : Map.of());
    List<List<Float>> all = rows(FILE, 0, 100, transform);
    assertThat(rows(FILE, 37, 63, transform)).isEqualTo(all.subList(37, 100));
    assertThat(rows(FILE, 99, 1, transform)).isEqualTo(all.subList(99, 100));
  }

  @ParameterizedTest
  @ValueSource(strings = {"random-crop", "horizontal-flip", "cutout"})
  void anotherEpochPartitionOrSeedIsAugmentedOtherwise(String name) {
    Map<String, Object> settings = name.equals("cutout") ? Map.of("size", 2) : Map.of();
    var reseeded = new HashMap<>(settings);
    reseeded.put("seed", 1);
    Transform transform = bind(name, settings);
    List<List<Float>> first = rows(FILE, 0, 100, transform);
    List<List<List<Float>>> others =
        List.of(
            rows(FILE, 1L << 40, 100, transform),
            rows(FILE, 2L << 40, 100, transform),
            rows(new SourcePartition("b.bin", 0), 0, 100, transform),
            rows(new SourcePartition("a.bin", 1), 0, 100, transform),
            rows(FILE, 0, 100, bind(name, reseeded)));
    for (List<List<Float>> other : others) {
      long alike = IntStream.range(0, 100).filter(i -> first.get(i).equals(other.get(i))).count();
      assertThat(alike).isLessThan(75);
    }
  }

  @Test
  void onlyAugmentationIsForTrainingOnly() {
    assertThat(bind("random-crop", Map.of()).trainingOnly()).isTrue();
    assertThat(bind("horizontal-flip", Map.of()).trainingOnly()).isTrue();
    assertThat(bind("cutout", Map.of("size", 1)).trainingOnly()).isTrue();
    assertThat(bind("normalize", Map.of("mean", 0, "deviation", 1)).trainingOnly()).isFalse();
    assertThat(bind("scale", Map.of("factor", 1)).trainingOnly()).isFalse();
  }

  @Test
  void saysThatAnInputIsNoImage() {
    assertThatThrownBy(() -> bind("random-crop", Map.of("input", "x")))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("x has the shape [2], and is no image");
  }
}
