package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.config.Settings;
import io.headrace.engine.error.InvalidSettingException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LabelOtherwiseTest {
  private static LabelMapping label(Map<String, Object> raw) {
    return LabelMapping.from(Settings.of(LabelMapping.settings(), raw), List.of());
  }

  private static SampleMapping mapping(
      String field, List<String> classes, String otherwise, List<String> fields) {
    var label = label(Map.of("field", field, "classes", classes, "otherwise", otherwise));
    return new SampleMapping(
        label,
        Optional.empty(),
        Optional.empty(),
        List.of(new InputMapping.SparseFields("x", fields, 10)));
  }

  @Test
  void takesOneNameAgainstAllTheRest() {
    SampleMapping mapping = mapping("kind", List.of("normal.", "attack"), "attack", List.of("a"));
    Trial csv = new Trial(DecoderSpec.csv(List.of("a", "kind"), ','), mapping);
    for (String kind : List.of("normal.", "smurf.", "attack", "normal", "0", "\"normal.\"")) {
      csv.add("1," + kind);
    }
    assertThat(csv.rows()).extracting(Row::label).containsExactly(0f, 1f, 1f, 1f, 1f, 0f);
  }

  @Test
  void takesOneNumberOrTruthAgainstAllTheRest() {
    Trial json =
        new Trial(
            DecoderSpec.jsonLines(), mapping("y", List.of("rest", "3"), "rest", List.of("a")));
    for (String y : List.of("3", "0", "1", "3.0", "\"3\"", "-7", "true", "2.5")) {
      json.add("{\"y\": " + y + "}");
    }
    assertThat(json.rows()).extracting(Row::label).containsExactly(1f, 0f, 0f, 1f, 1f, 0f, 0f, 0f);
    Trial flags =
        new Trial(
            DecoderSpec.jsonLines(), mapping("y", List.of("rest", "true"), "rest", List.of("a")));
    assertThat(flags.add("{\"y\": true}").add("{\"y\": false}").rows())
        .extracting(Row::label)
        .containsExactly(1f, 0f);
  }

  @Test
  void takesOneLabelOfALineAgainstAllTheRest() {
    SampleMapping mapping = mapping("label", List.of("2", "rest"), "rest", List.of());
    Trial vw = new Trial(DecoderSpec.fixed("vw"), mapping);
    assertThat(vw.add("2 | a").add("1 | a").add("0 | a").add("-1 | a").rows())
        .extracting(Row::label)
        .containsExactly(0f, 1f, 1f, 1f);
    Trial libsvm = new Trial(DecoderSpec.fixed("libsvm"), mapping);
    assertThat(libsvm.add("2 1:1").add("0 1:1").rows())
        .extracting(Row::label)
        .containsExactly(0f, 1f);
  }

  @Test
  void aMissingLabelIsNotJustAnother() {
    SampleMapping mapping = mapping("kind", List.of("normal.", "attack"), "attack", List.of("a"));
    Trial csv = new Trial(DecoderSpec.csv(List.of("a", "kind"), ','), mapping);
    assertThat(csv.add("1,").add("1").rejections())
        .satisfiesExactly(
            first -> assertThat(first).startsWith("0 missing-field: label kind is missing"),
            second -> assertThat(second).startsWith("1 malformed: the record has 1 fields, not 2"));
  }

  @Test
  void refusesAClassThatIsNoneAndRangesBesideIt() {
    assertThatThrownBy(() -> label(Map.of("classes", List.of("a", "b"), "otherwise", "c")))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("c is none of the classes [a, b]");
    assertThatThrownBy(() -> label(Map.of("type", "number", "otherwise", "c")))
        .isInstanceOf(InvalidSettingException.class);
    assertThatThrownBy(
            () ->
                label(
                    Map.of(
                        "classes", List.of("a", "b"), "otherwise", "b", "thresholds", List.of(1))))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("exclude each other");
  }
}
