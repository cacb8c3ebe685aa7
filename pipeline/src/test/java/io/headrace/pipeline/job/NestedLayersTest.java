package io.headrace.pipeline.job;

import static io.headrace.pipeline.job.TestVocabulary.JOB;
import static io.headrace.pipeline.job.TestVocabulary.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import org.junit.jupiter.api.Test;

class NestedLayersTest {
  private static final String NESTED =
      JOB.replace(
          "  - relu\n",
          """
            - residual:
                layers:
                  - dense: {units: 16}
                  - relu
                  - residual: {layers: [relu]}
          """);

  @Test
  void readsLayersInsideALayer() {
    assertThat(read(NESTED).layers().get(1))
        .hasToString("residual{layers=[dense{units=16}, relu{}, residual{layers=[relu{}]}]}");
  }

  @Test
  void tellsEachNestedSettingInTheFingerprint() {
    assertThat(read(NESTED).fingerprint().settings())
        .containsEntry("model.1", "residual")
        .containsEntry("model.1.residual.layers.0", "dense")
        .containsEntry("model.1.residual.layers.0.dense.units", "16")
        .containsEntry("model.1.residual.layers.2.residual.layers.0", "relu")
        .doesNotContainKey("model.1.residual.layers");
  }

  @Test
  void replacesANestedSettingFromTheCommandLine() {
    String option = "model.1.residual.layers.0.dense.units=3";
    assertThat(read(NESTED, option).fingerprint().settings())
        .containsEntry("model.1.residual.layers.0.dense.units", "3");
  }

  @Test
  void namesPathAndLineOfANestedFault() {
    assertFault(
        "{units: 16}",
        "{units: 0}",
        "model.1.residual.layers.0.dense.units: 0 is not within 1 to 4096 (job.yaml:16)."
            + " Width of the layer.");
    assertFault(
        "[relu]",
        "[relo]",
        "model.1.residual.layers.2.residual.layers.0: 'relo' is not a known layer (job.yaml:18)."
            + " Did you mean 'relu'?");
    assertFault(
        "{layers: [relu]}",
        "{layers: relu}",
        "model.1.residual.layers.2.residual.layers: relu is not a list of one or more"
            + " (job.yaml:18). The layers inside.");
  }

  private static void assertFault(String good, String bad, String message) {
    assertThat(NESTED).contains(good);
    assertThatThrownBy(() -> read(NESTED.replace(good, bad)))
        .isInstanceOf(HeadraceException.class)
        .hasMessage(message);
  }
}
