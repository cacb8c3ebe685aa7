package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The same copies, by way of a few pages of memory, which is often full. */
class StagedCopyTest extends GradualCopyTest {
  private static final int VECTORS = 3;
  private static final int PAGES = 20;

  @Override
  Optional<StagedPages> staged() {
    return Optional.of(new StagedPages(GradualCopy.PAGE, VECTORS, PAGES));
  }

  @Test
  void aPlaceIsOnePagesUntilItIsGivenBack() {
    StagedPages pages = staged().orElseThrow();
    boolean[] taken = new boolean[PAGES];
    for (int i = 0; i < PAGES; i++) {
      int place = pages.take();
      assertThat(taken[place]).isFalse();
      taken[place] = true;
    }
    assertThat(pages.take()).isNegative();
    pages.giveBack(7);
    assertThat(pages.take()).isEqualTo(7);
    assertThat(pages.take()).isNegative();
  }
}
