package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.config.Settings;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LabelThresholdsTest {
  private static final LabelMapping LABEL =
      new LabelMapping(
          "delay",
          new LabelSpec.Classes(List.of("on-time", "late", "very-late")),
          List.of(15.0, 60.0),
          Optional.empty());
  private static final SampleMapping MAPPING =
      new SampleMapping(
          LABEL,
          Optional.empty(),
          Optional.empty(),
          List.of(new InputMapping.DenseFields("x", List.of("a"))));

  @Test
  void makesClassesOfNumbersInWhateverFormTheyCome() {
    Trial json = new Trial(DecoderSpec.jsonLines(), MAPPING);
    for (String delay : List.of("-4", "14.99", "15", "59", "60", "1e300", "\"late\"")) {
      json.add("{\"a\": 1, \"delay\": " + delay + "}");
    }
    assertThat(json.rows()).extracting(Row::label).containsExactly(0f, 0f, 1f, 1f, 2f, 2f, 1f);
    Trial csv = new Trial(DecoderSpec.csv(List.of("a", "delay"), ';'), MAPPING);
    assertThat(csv.add("1;15").add("1;very-late").rows())
        .extracting(Row::label)
        .containsExactly(1f, 2f);
  }

  @Test
  void rejectsWhatIsNoNumberAndNoClass() {
    Trial csv = new Trial(DecoderSpec.csv(List.of("a", "delay"), ';'), MAPPING);
    assertThat(csv.add("1;soon").add("1;NaN").rejections())
        .satisfiesExactly(
            first -> assertThat(first).startsWith("0 label-out-of-range: label delay is 'soon'"),
            second -> assertThat(second).startsWith("1 not-a-number: label delay is 'NaN'"));
  }

  @Test
  void refusesThresholdsThatDoNotFitTheClasses() {
    for (List<Integer> wrong : List.of(List.of(15), List.of(60, 15), List.of(1, 2, 3))) {
      assertThatThrownBy(
              () -> label(Map.of("classes", List.of("a", "b", "c"), "thresholds", wrong)))
          .isInstanceOf(InvalidSettingException.class)
          .hasMessageContaining("is not 2 rising numbers");
    }
    assertThatThrownBy(() -> label(Map.of("type", "number", "thresholds", List.of(1))))
        .isInstanceOf(InvalidSettingException.class);
    assertThat(label(Map.of("classes", List.of("a", "b", "c"), "thresholds", List.of(1, 2.5))))
        .extracting(LabelMapping::thresholds)
        .isEqualTo(List.of(1.0, 2.5));
  }

  private static LabelMapping label(Map<String, Object> raw) {
    return LabelMapping.from(Settings.of(LabelMapping.settings(), raw), List.of());
  }
}
