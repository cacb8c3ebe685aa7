package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.kernel.KernelProvider;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class ScalarFallbackTest {
  private static final List<String> LATE =
      List.of("--add-exports", "java.base/jdk.internal.module=ALL-UNNAMED");
  private static final String KEEPING = "-Dheadrace.keeping-classes=true";

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

  @Test
  void trainsWithVectorsToTheBitWhereTheModuleIsLoadedLate()
      throws IOException, InterruptedException {
    List<String> lines = ChildJvm.run(LATE, TrainingRun.class);
    assertThat(lines.getFirst()).isEqualTo(KernelProvider.kernels().description());
    assertThat(lines.subList(1, lines.size()))
        .isEqualTo(TrainingRun.losses().stream().map(String::valueOf).toList());
  }

  @Test
  void touchesNoVectorsWhereClassesAreBeingKept() throws IOException, InterruptedException {
    List<String> flags = Stream.concat(LATE.stream(), Stream.of(KEEPING)).toList();
    assertThat(ChildJvm.run(flags, TrainingRun.class).getFirst()).isEqualTo("scalar code");
  }

  @Test
  void keepsNoClassesForAJvmThatCannotLoadTheModuleLate() {
    assertThatThrownBy(() -> ChildJvm.run(List.of(KEEPING), TrainingRun.class))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("expected: 0");
  }
}
