package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class StepAllocationTest {
  @Test
  void aStepAllocatesItsResultAtMost() throws IOException, InterruptedException {
    assertThat(ChildJvm.run(ChildJvm.VECTORS, StepAllocation.class))
        .hasSize((int) TrainerTest.models().count())
        .allSatisfy(
            line ->
                assertThat(Long.parseLong(line.substring(0, line.indexOf(' '))))
                    .as(line)
                    .isLessThanOrEqualTo(StepAllocation.RESULT_BYTES));
  }
}
