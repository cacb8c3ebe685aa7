package io.headrace.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppendRowsTest {
  private static final int ROWS = 1024;
  private static final int PAIRS = 37;
  private static final SampleSchema SCHEMA =
      new SampleSchema(
          List.of(new SampleSchema.Input("sparse", new InputSpec.Sparse(20, 7, 1))),
          new LabelSpec.Numeric());

  private static SampleBlock block() {
    var block = new SampleBlock(SCHEMA, ROWS);
    block.start(new SourcePartition("t", 0), 0);
    return block;
  }

  private static SampleBlock filled(int rows, int pairs) {
    SampleBlock block = block();
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < pairs; i++) {
        block.sparse(0).add(row * pairs + i, i, i % 7);
      }
      block.commitRow(row, 1, row, row);
    }
    return block;
  }

  /** A ring has dozens of batches: each growth of theirs is memory that is cleared and copied. */
  @Test
  void aBatchOfEvenRowsGrowsOnce() {
    SampleBlock from = filled(ROWS, PAIRS);
    SampleBlock batch = block();
    batch.appendRows(from, 0, 600);
    int[] ids = batch.sparse(0).ids();
    batch.appendRows(from, 600, ROWS);
    assertThat(batch.sparse(0).ids()).isSameAs(ids);
  }

  @Test
  void aLongRowAmongTheFirstMakesNoRoomForAThousandLikeIt() {
    SampleBlock from = filled(1, 100_000);
    SampleBlock batch = block();
    batch.appendRows(from, 0, 1);
    assertThat(batch.sparse(0).ids()).hasSizeBetween(100_000, 200_000);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void hasTheRowsOfItsSourcesHoweverTheyWereCut(long seed) {
    var random = new SplittableRandom(seed);
    SampleBlock from = block();
    for (int row = 0; row < ROWS; row++) {
      for (int i = random.nextInt(row % 100 == 0 ? 900 : 30); i > 0; i--) {
        from.sparse(0).add(random.nextInt(1 << 20), random.nextInt(1 << 20), random.nextInt(7));
      }
      from.commitRow(row, 1, row, row);
    }
    SampleBlock batch = block();
    for (int row = 0; row < ROWS; ) {
      int end = Math.min(ROWS, row + 1 + random.nextInt(200));
      batch.appendRows(from, row, end);
      row = end;
    }
    SparseColumn wanted = from.sparse(0);
    SparseColumn found = batch.sparse(0);
    for (int row = 0; row <= ROWS; row++) {
      assertThat(found.start(row)).isEqualTo(wanted.start(row));
    }
    int pairs = wanted.start(ROWS);
    assertThat(Arrays.equals(found.ids(), 0, pairs, wanted.ids(), 0, pairs)).isTrue();
    assertThat(Arrays.equals(found.values(), 0, pairs, wanted.values(), 0, pairs)).isTrue();
    assertThat(Arrays.equals(found.fields(), 0, pairs, wanted.fields(), 0, pairs)).isTrue();
  }
}
