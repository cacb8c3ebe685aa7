package io.headrace.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetainRowsTest {
  private static final int CAPACITY = 60;
  private static final SampleSchema SCHEMA =
      new SampleSchema(
          List.of(
              new SampleSchema.Input("dense", new InputSpec.Dense(List.of(3))),
              new SampleSchema.Input("sparse", new InputSpec.Sparse(10, 7, 1)),
              new SampleSchema.Input("tokens", new InputSpec.Tokens(5, 100))),
          new LabelSpec.Numeric());

  /** Every row is made of its position alone, so that a wrongly moved one shows. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void keepsChosenRowsWholeAndCountsTheOthers(long seed) {
    var random = new SplittableRandom(seed);
    var block = new SampleBlock(SCHEMA, CAPACITY);
    block.start(new SourcePartition("t", 0), 0);
    List<Integer> kept = new ArrayList<>();
    List<Integer> rejectedBefore = new ArrayList<>();
    List<Integer> filteredBefore = new ArrayList<>();
    int rejected = 0;
    int filtered = 0;
    boolean[] keep = new boolean[CAPACITY];
    for (int position = 0; position < CAPACITY; position++) {
      if (random.nextInt(4) == 0) {
        block.rejectRow(position);
        rejected++;
        continue;
      }
      writeRow(block, position);
      keep[block.size() - 1] = random.nextBoolean();
      if (keep[block.size() - 1]) {
        kept.add(position);
        rejectedBefore.add(rejected);
        filteredBefore.add(filtered);
      } else {
        filtered++;
      }
    }

    block.retainRows(row -> keep[row]);
    assertRows(block, kept, rejectedBefore, filteredBefore);
    assertThat(block.rejected()).isEqualTo(rejected);
    assertThat(block.filtered()).isEqualTo(filtered);
    assertThat(block.nextPosition()).isEqualTo(CAPACITY);

    writeRow(block, CAPACITY);
    kept.add(CAPACITY);
    rejectedBefore.add(rejected);
    filteredBefore.add(filtered);
    assertRows(block, kept, rejectedBefore, filteredBefore);
  }

  private static void writeRow(SampleBlock block, int position) {
    for (int i = 0; i < 3; i++) {
      Floats.write(
          block.dense(0).values(), block.dense(0).start(block.size()) + i, position * 10f + i);
    }
    for (int i = 0; i < position % 4; i++) {
      block.sparse(1).add(position + i, (float) position, (position + i) % 7);
    }
    for (int i = 0; i < position % 5; i++) {
      block.tokens(2).add(block.size(), position + i);
    }
    block.commitRow((float) position, position + 0.5f, position + 1000, position);
  }

  private static void assertRows(
      SampleBlock block,
      List<Integer> expected,
      List<Integer> rejectedBefore,
      List<Integer> filteredBefore) {
    assertThat(block.size()).isEqualTo(expected.size());
    for (int row = 0; row < block.size(); row++) {
      int position = expected.get(row);
      assertThat(block.positions()[row]).isEqualTo(position);
      assertThat(block.labels()[row]).isEqualTo(position);
      assertThat(block.weights()[row]).isEqualTo(position + 0.5f);
      assertThat(block.eventTimes()[row]).isEqualTo(position + 1000);
      assertThat(block.rejectedBefore(row)).isEqualTo(rejectedBefore.get(row));
      assertThat(block.filteredBefore(row)).isEqualTo(filteredBefore.get(row));
      for (int i = 0; i < 3; i++) {
        assertThat(Floats.read(block.dense(0).values(), block.dense(0).start(row) + i))
            .isEqualTo(position * 10f + i);
      }
      var sparse = block.sparse(1);
      assertThat(sparse.start(row + 1) - sparse.start(row)).isEqualTo(position % 4);
      for (int i = 0; i < position % 4; i++) {
        assertThat(sparse.ids()[sparse.start(row) + i]).isEqualTo(position + i);
        assertThat(sparse.values()[sparse.start(row) + i]).isEqualTo(position);
        assertThat(sparse.fields()[sparse.start(row) + i]).isEqualTo((position + i) % 7);
      }
      assertThat(block.tokens(2).length(row)).isEqualTo(position % 5);
      for (int i = 0; i < position % 5; i++) {
        assertThat(block.tokens(2).ids()[row * 5 + i]).isEqualTo(position + i);
      }
      for (int i = position % 5; i < 5; i++) {
        assertThat(block.tokens(2).ids()[row * 5 + i]).isZero();
      }
    }
  }
}
