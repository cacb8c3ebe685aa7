package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepAllocationTest {
  /** In one JVM of five the compiler leaves some vector or slice of memory an object for good. */
  private static final int JVMS = 4;

  @Test
  void aStepAllocatesItsResultAtMost() throws IOException, InterruptedException {
    var least = new long[(int) TrainerTest.models().count()];
    Arrays.fill(least, Long.MAX_VALUE);
    List<String> lines = List.of();
    for (int jvm = 0; jvm < JVMS && Arrays.stream(least).anyMatch(this::isTooMuch); jvm++) {
      lines = ChildJvm.run(ChildJvm.VECTORS, StepAllocation.class);
      assertThat(lines).hasSize(least.length);
      for (int model = 0; model < least.length; model++) {
        String line = lines.get(model);
        long bytes = Long.parseLong(line.substring(0, line.indexOf(' ')));
        least[model] = Math.min(least[model], bytes);
      }
    }
    for (int model = 0; model < least.length; model++) {
      assertThat(least[model])
          .as(lines.get(model))
          .isLessThanOrEqualTo(StepAllocation.RESULT_BYTES);
    }
  }

  private boolean isTooMuch(long bytes) {
    return bytes > StepAllocation.RESULT_BYTES;
  }
}
