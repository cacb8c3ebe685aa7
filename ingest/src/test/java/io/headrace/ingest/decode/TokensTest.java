package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.ingest.text.TextSplit;
import io.headrace.schemas.Sample;
import io.headrace.schemas.Schemas;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Text of every format on its way to token ids. */
class TokensTest {
  private static final List<String> WORDS = List.of("good", "bad", "film");

  private static InputMapping.Tokens words(int length, boolean keepTail) {
    return new InputMapping.Tokens("text", "text", TextSplit.WORDS, WORDS, 0, length, keepTail);
  }

  private static SampleMapping mapping(InputMapping input) {
    var label = new LabelMapping("label", new LabelSpec.Classes(List.of("neg", "pos")));
    return new SampleMapping(label, Optional.empty(), Optional.empty(), List.of(input));
  }

  private static Trial folder(InputMapping input) {
    return new Trial(DecoderSpec.fixed("text-folder"), mapping(input));
  }

  @Test
  void numbersWordsFromTwoOnAndStrangersWithOne() {
    assertThat(folder(words(4, false)).add("pos\nA good\nFILM").rows())
        .containsExactly(Row.of(0, 1, 1, 1000, List.of(1, 2, 4)));
    assertThat(words(4, false).spec()).isEqualTo(new InputSpec.Tokens(4, 5));
  }

  @Test
  void keepsTheHeadOrTheTailOfLongText() {
    String text = "neg\ngood bad film x good";
    assertThat(folder(words(3, false)).add(text).rows().getFirst().inputs())
        .isEqualTo(List.of(List.of(2, 3, 4)));
    assertThat(folder(words(3, true)).add(text).rows().getFirst().inputs())
        .isEqualTo(List.of(List.of(4, 1, 2)));
    assertThat(folder(words(9, true)).add(text).rows().getFirst().inputs())
        .isEqualTo(List.of(List.of(2, 3, 4, 1, 2)));
  }

  @Test
  void rejectsWhatHasNoTextOrNoLabel() {
    Trial trial = folder(words(3, false));
    assertThat(trial.add("pos\n").add("pos\n !?\n").add("meh\nbad").add("bad").rejections())
        .containsExactly(
            "0 empty-text: text: text is '', without any words",
            "1 empty-text: text: text is ' !?\n', without any words",
            "2 label-out-of-range: label label is 'meh', none of the 2 classes: neg, pos",
            "3 malformed: the record has no line feed between its label and what is labelled");
  }

  @Test
  void readsLabelTabText() {
    var trial = new Trial(DecoderSpec.fixed("text-lines"), mapping(words(3, false)));
    assertThat(trial.add("pos\t\"good film").rows().getFirst().inputs())
        .isEqualTo(List.of(List.of(2, 4)));
    assertThat(trial.add("good film").rejections())
        .containsExactly(
            "0 malformed: the record has no tab between its label and what is labelled: 'good film' at byte 0");
    var unlabelled =
        new Trial(DecoderSpec.fixed("text-lines"), mapping(words(3, false)).withoutLabel());
    assertThat(unlabelled.add("good film").add("what\tgood film").rows())
        .extracting(Row::inputs)
        .containsOnly(List.of(List.of(2, 4)));
  }

  @Test
  void readsTextOfCsvJsonAndCanonicalSamples() {
    SampleMapping mapping = mapping(words(3, false));
    Row expected = Row.of(0, 1, 1, 1000, List.of(3, 4));
    assertThat(
            new Trial(DecoderSpec.csv(List.of("label", "text"), ','), mapping)
                .add("pos,\"bad \"\"film\"\"\"")
                .rows())
        .containsExactly(expected);
    Trial json = new Trial(DecoderSpec.jsonLines(), mapping);
    assertThat(json.add("{\"text\": \"b\\u0061d film\", \"label\": 1}").rows())
        .containsExactly(expected);
    assertThat(json.add("{\"text\": 7, \"label\": 1}").add("{\"label\": 0}").rejections())
        .containsExactly(
            "0 wrong-schema: text: text is 7, no text", "1 missing-field: text: text is missing");
    Trial avro = new Trial(DecoderSpec.avro("single-object", Optional.empty()), mapping);
    assertThat(avro.add(sample(Map.of("text", "bad film"))).rows()).containsExactly(expected);
    assertThat(avro.add(sample(Map.of("text", ByteBuffer.wrap(new byte[4])))).rejections())
        .containsExactly("0 wrong-schema: input text comes as bytes, which makes no tokens input");
  }

  private static byte[] sample(Map<String, Object> inputs) {
    return Schemas.message(Sample.newBuilder().setLabel("pos").setInputs(inputs).build());
  }

  @Test
  void hashesToBuckets() {
    var hashed = new InputMapping.Tokens("t", "text", TextSplit.WORDS, List.of(), 5, 4, false);
    assertThat(hashed.spec()).isEqualTo(new InputSpec.Tokens(4, 7));
    List<Integer> expected =
        List.of("good", "bad", "good").stream()
            .map(word -> 2 + (int) (Integer.toUnsignedLong(Murmur3.hash(word)) % 5))
            .toList();
    assertThat(folder(hashed).add("pos\nGood bad good").rows().getFirst().inputs())
        .isEqualTo(List.of(expected));
  }

  @Test
  void cutsIntoCharactersAndBytePairs() {
    var characters =
        new InputMapping.Tokens("t", "text", TextSplit.CHARACTERS, List.of("\n", "é"), 0, 9, false);
    assertThat(folder(characters).add("pos\né\nx").rows().getFirst().inputs())
        .isEqualTo(List.of(List.of(3, 2, 1)));
    var pairs =
        new InputMapping.Tokens(
            "t", "text", TextSplit.BYTE_PAIRS, List.of("a", "b", "ab", "abab"), 0, 9, false);
    assertThat(folder(pairs).add("pos\nababab").rows().getFirst().inputs())
        .isEqualTo(List.of(List.of(5, 4)));
  }

  @Test
  void saysWhatDoesNotFit() {
    assertThatThrownBy(() -> folder(new InputMapping.Image("image", "image", List.of(2, 2, 1))))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("text-folder records have the fields label and text, not image");
    assertThatThrownBy(() -> folder(new InputMapping.DenseVector("text", "text", 3)))
        .hasMessageContaining("text of text-folder records is a text. Take it with tokens");
    assertThatThrownBy(() -> kind(Map.of("length", 5)))
        .hasMessageContaining("takes one of learn-from, vocabulary-file, vocabulary and buckets");
    assertThatThrownBy(() -> kind(Map.of("length", 5, "buckets", 9, "learn-from", "x")))
        .hasMessageContaining("takes one of");
    assertThatThrownBy(
            () -> kind(Map.of("length", 5, "buckets", 9, "split", "byte-pairs")).named("t"))
        .hasMessageContaining("cannot stand for byte pairs");
  }

  private static InputMappings.Kind kind(Map<String, ?> settings) {
    var variants = InputMappings.variants();
    return variants.create(variants.spec("tokens", settings));
  }
}
