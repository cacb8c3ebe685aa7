package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How far apart the rows of a table lie that have an optimizer's slots behind them. */
class TableStrideTest {
  @ParameterizedTest
  @CsvSource({
    "1, 2, 2",
    "1, 3, 4",
    "1000, 6, 8",
    "1000, 9, 16",
    "1000, 16, 16",
    "1000, 17, 17",
    "4194304, 3, 4",
    "4194305, 3, 3",
    "268435456, 2, 2",
    "268435456, 3, 3",
    "2147483648, 6, 6"
  })
  void keepsShortRowsOfSmallTablesWithinALineOfTheCache(long rows, long floats, long stride) {
    assertThat(LayerScope.tableStride(rows, floats)).isEqualTo(stride);
  }
}
