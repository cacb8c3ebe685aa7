package io.headrace.app.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.engine.metric.Calibration;
import io.headrace.pipeline.job.HeldOut;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TestReportTest {
  private static final TestReport REPORT =
      TestReport.of(
          new HeldOut.Scores(
              10_000,
              2,
              new TreeMap<>(Map.of("accuracy", 0.75, "loss", 0.5)),
              List.of("cat", "automobile"),
              List.of(4_000L, 1_000L, 1_500L, 3_500L),
              List.of(new Calibration.Bin(0, 1, 10_000, 0.5, 0.25))));

  @Test
  void saysTheFiguresAndOnHowManySamples() {
    assertThat(REPORT.text())
        .isEqualTo("accuracy 0.7500, loss 0.5000 on 10,000 samples, 2 rejected");
  }

  @Test
  void drawsTheConfusionMatrixInFewColumns() {
    assertThat(REPORT.confusionTable())
        .isEqualTo(
            """
            confusion (row: true class, column: predicted)
                              0     1
             0 cat        4,000 1,000
             1 automobile 1,500 3,500""");
  }

  @Test
  void drawsNoMatrixThatNoTerminalShows() {
    List<String> classes = IntStream.range(0, 21).mapToObj(i -> "class " + i).toList();
    var scores =
        new HeldOut.Scores(
            0, 0, new TreeMap<>(), classes, Collections.nCopies(21 * 21, 0L), List.of());

    assertThat(TestReport.of(scores).confusionTable()).isEmpty();
    assertThat(TestReport.of(scores).confusion()).hasSize(21);
  }

  @Test
  void hasItsMetricsBesideTheMatrixInJson() throws JsonProcessingException {
    assertThat(new ObjectMapper().writeValueAsString(REPORT))
        .isEqualTo(
            "{\"samples\":10000,\"rejected\":2,\"accuracy\":0.75,\"loss\":0.5,"
                + "\"classes\":[\"cat\",\"automobile\"],\"confusion\":[[4000,1000],[1500,3500]],"
                + "\"calibration\":[{\"from\":0.0,\"to\":1.0,\"weight\":10000.0,"
                + "\"predicted\":0.5,\"observed\":0.25}]}");
  }

  @Test
  void leavesOutWhatNumbersDoNotHave() throws JsonProcessingException {
    var scores =
        new HeldOut.Scores(
            3, 0, new TreeMap<>(Map.of("mse", 0.25)), List.of(), List.of(), List.of());

    assertThat(new ObjectMapper().writeValueAsString(TestReport.of(scores)))
        .isEqualTo("{\"samples\":3,\"rejected\":0,\"mse\":0.25}");
    assertThat(TestReport.of(scores).confusionTable()).isEmpty();
  }
}
