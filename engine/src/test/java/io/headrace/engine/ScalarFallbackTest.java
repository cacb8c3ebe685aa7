package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.kernel.KernelProvider;
import java.io.IOException;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class ScalarFallbackTest {
  @Test
  void trainsTheSameInAJvmWithoutTheVectorModule() throws IOException, InterruptedException {
    List<String> lines = ChildJvm.run(List.of(), TrainingRun.class);
    assertThat(lines.getFirst()).isEqualTo("scalar code");
    assertThat(KernelProvider.kernels().description()).endsWith("-bit vectors");
    List<Double> ours = TrainingRun.losses();
    assertThat(lines).hasSize(1 + ours.size());
    for (int i = 0; i < ours.size(); i++) {
      assertThat(Double.parseDouble(lines.get(i + 1)))
          .as("loss %d", i)
          .isCloseTo(ours.get(i), Percentage.withPercentage(0.01));
    }
  }
}
