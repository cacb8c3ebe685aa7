package io.headrace.pipeline.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.EpochPosition;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TransformsTest {
  private static final SampleSchema SCHEMA =
      new SampleSchema(
          List.of(
              new SampleSchema.Input("words", new InputSpec.Sparse(10)),
              new SampleSchema.Input("image", new InputSpec.Dense(List.of(2, 2)))),
          new LabelSpec.Numeric());

  @Test
  void normalizesByOneNumberForAll() {
    assertThat(applied("normalize", Map.of("input", "image", "mean", 2, "deviation", 0.5)))
        .containsExactly(-2, 0, 2, 4);
  }

  @Test
  void normalizesByChannel() {
    var settings =
        Map.of("input", "image", "mean", List.of(1, 2), "deviation", List.of("1", "0.5"));
    assertThat(applied("normalize", settings)).containsExactly(0, 0, 2, 4);
  }

  @Test
  void clips() {
    assertThat(applied("clip", Map.of("input", "image", "min", 2, "max", 3.5)))
        .containsExactly(2, 2, 3, 3.5f);
  }

  @Test
  void scales() {
    assertThat(applied("scale", Map.of("input", "image", "factor", -2)))
        .containsExactly(-2, -4, -6, -8);
  }

  @Test
  void leavesRowsOfOtherBlocksAlone() {
    SampleBlock block = block(10);
    bind("scale", Map.of("input", "image", "factor", 3)).apply(block);
    float[] all = Floats.toArray(block.dense(1).values());
    assertThat(all[39]).isEqualTo(12);
    assertThat(all[40]).isZero();
  }

  @Test
  void keepsTheSameShareOfSamplesEveryTime() {
    long[] once = kept(0.25, 1);
    assertThat(once.length).isBetween(2_300, 2_700);
    assertThat(kept(0.25, 1)).isEqualTo(once);
    assertThat(kept(0.25, 2)).isNotEqualTo(once);
    assertThat(kept(0, 1)).isEmpty();
    assertThat(kept(1, 1)).hasSize(10_000);
  }

  @Test
  void countsWhatItDoesNotKeepAsFiltered() {
    SampleBlock block = block(1_000);
    bind("sample-fraction", Map.of("fraction", 0.5)).apply(block);
    assertThat(block.size() + block.filtered()).isEqualTo(1_000);
    assertThat(block.filtered()).isPositive();
  }

  @Test
  void splitsSamplesInTwoPartsThatAreTheSameInEveryEpoch() {
    var learned = epochs(Transforms.split(0.2, 7, false));
    var heldOut = epochs(Transforms.split(0.2, 7, true));

    assertThat(heldOut.get(0).size()).isBetween(150, 250);
    assertThat(learned.get(0)).doesNotContainAnyElementsOf(heldOut.get(0));
    assertThat(learned.get(0).size() + heldOut.get(0).size()).isEqualTo(1_000);
    assertThat(learned.get(3)).isEqualTo(learned.get(0));
    assertThat(heldOut.get(3)).isEqualTo(heldOut.get(0));
    assertThat(epochs(Transforms.split(0.2, 8, true)).get(0)).isNotEqualTo(heldOut.get(0));
  }

  /** Records that are kept in each of four epochs. */
  private static List<List<Long>> epochs(Transform split) {
    return IntStream.range(0, 4)
        .mapToObj(
            epoch -> {
              var block = new SampleBlock(SCHEMA, 1_001);
              block.start(new SourcePartition("t", 0), 0);
              for (int row = 0; row < 1_000; row++) {
                block.commitRow(0, 1, 0, EpochPosition.of(epoch, row));
              }
              split.apply(block);
              return Arrays.stream(block.positions(), 0, block.size())
                  .mapToObj(EpochPosition::record)
                  .toList();
            })
        .toList();
  }

  @Test
  void saysWhichInputsThereAre() {
    assertThatThrownBy(() -> bind("scale", Map.of("input", "picture", "factor", 1)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage("picture is not an input of this job. Inputs: words, image");
    assertThatThrownBy(() -> bind("scale", Map.of("input", "words", "factor", 1)))
        .hasMessageContaining("words is not a dense input");
  }

  @Test
  void refusesNumbersThatDoNotFit() {
    var threeMeans = Map.of("input", "image", "mean", List.of(1, 2, 3), "deviation", 1);
    assertThatThrownBy(() -> bind("normalize", threeMeans))
        .hasMessageContaining("has 3 numbers, but the input has 2 channels");
    assertThatThrownBy(() -> bind("normalize", Map.of("input", "image", "mean", 0, "deviation", 0)))
        .isInstanceOf(InvalidSettingException.class);
    assertThatThrownBy(() -> bind("clip", Map.of("input", "image", "min", 2, "max", 1)))
        .hasMessageContaining("2.0 is not <= max");
  }

  private static float[] applied(String name, Map<String, ?> settings) {
    SampleBlock block = block(2);
    bind(name, settings).apply(block);
    float[] all = Floats.toArray(block.dense(1).values());
    assertThat(Arrays.copyOfRange(all, 4, 8)).isEqualTo(Arrays.copyOf(all, 4));
    return Arrays.copyOf(all, 4);
  }

  private static long[] kept(double fraction, long seed) {
    SampleBlock block = block(10_000);
    bind("sample-fraction", Map.of("fraction", fraction, "seed", seed)).apply(block);
    return Arrays.copyOf(block.positions(), block.size());
  }

  private static Transform bind(String name, Map<String, ?> settings) {
    var variants = Transforms.variants();
    return variants.create(variants.spec(name, settings)).bind(SCHEMA);
  }

  /** Rows of 1, 2, 3, 4, with room for one more. */
  private static SampleBlock block(int rows) {
    var block = new SampleBlock(SCHEMA, rows + 1);
    block.start(new SourcePartition("t", 3), 0);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < 4; i++) {
        Floats.write(block.dense(1).values(), block.dense(1).start(row) + i, i + 1);
      }
      block.commitRow(0, 1, 0, row);
    }
    return block;
  }
}
