package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.LabelSpec;
import io.headrace.ingest.text.TextSplit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NextCharacterTest {
  private static final List<String> CHARACTERS = List.of("\n", "3", "a", "é", "日");

  private static SampleMapping mapping() {
    return new SampleMapping(
        new LabelMapping("label", new LabelSpec.Classes(CHARACTERS)),
        Optional.empty(),
        Optional.empty(),
        List.of(
            new InputMapping.Tokens(
                "text", "text", TextSplit.CHARACTERS, CHARACTERS, 0, 4, false)));
  }

  @Test
  void labelsAWindowWithItsLastCharacter() {
    var trial = new Trial(DecoderSpec.fixed("text-window"), mapping());
    assertThat(trial.add("aé日\n").add("x\na日").rows())
        .containsExactly(
            Row.of(0, 0, 1, 1000, List.of(4, 5, 6)), Row.of(1, 4, 1, 1001, List.of(1, 2, 4)));
  }

  @Test
  void neverTakesADigitForTheNumberOfAClass() {
    var trial = new Trial(DecoderSpec.fixed("text-window"), mapping());
    assertThat(trial.add("aa3").rows()).extracting(Row::label).containsExactly(1f);
    assertThat(trial.add("aa4").add("a").add("").rejections())
        .containsExactly(
            "0 label-out-of-range: label label is '4', none of the 5 classes: \n, 3, a, é, 日",
            "1 empty-text: text: text is '', without any characters",
            "2 malformed: the record has no characters");
  }
}
