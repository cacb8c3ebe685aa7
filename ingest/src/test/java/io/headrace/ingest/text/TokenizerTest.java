package io.headrace.ingest.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
  private static final List<String> ALPHABET =
      List.of(
          "a", "B", "z", "Ä", "ß", "7", "'", " ", "\n", "-", ".", "é", "日", "😀", "\u0301", "Σ");

  private static List<String> cut(Tokenizer tokenizer, String text) {
    List<String> tokens = new ArrayList<>();
    byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
    tokenizer.cut(
        bytes,
        1,
        bytes.length - 2,
        (b, offset, length) -> {
          tokens.add(new String(b, offset, length, StandardCharsets.UTF_8));
          return true;
        });
    return tokens;
  }

  private static String randomText(long seed) {
    var random = new Random(seed);
    var text = new StringBuilder();
    int length = random.nextInt(300);
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.get(random.nextInt(ALPHABET.size())));
    }
    return text.toString();
  }

  @Test
  void wordsAreInLowerCaseAndKeepTheirApostrophes() {
    assertThat(cut(new Words(), "It's GOOD!<br />'Quoted' Dogs' 10th-rate naïve ÄRGER"))
        .containsExactly("it's", "good", "br", "quoted", "dogs", "10th", "rate", "naïve", "ärger");
    assertThat(cut(new Words(), " ...!? ")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void wordsAreThoseOfARegularExpression(long seed) {
    String text = randomText(seed);
    String word = "[\\p{L}\\p{Nd}\\p{Mn}\\p{Mc}]";
    List<String> expected =
        Pattern.compile(word + "+(?:'" + word + "+)*")
            .matcher(text)
            .results()
            .map(match -> lowerCase(match.group()))
            .toList();
    assertThat(cut(new Words(), text)).as("seed %s", seed).isEqualTo(expected);
  }

  /** Letter by letter, without the rules that look at neighbours. */
  private static String lowerCase(String text) {
    var lower = new StringBuilder();
    text.codePoints().forEach(c -> lower.appendCodePoint(Character.toLowerCase(c)));
    return lower.toString();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void charactersAreCodePoints(long seed) {
    String text = randomText(seed);
    assertThat(cut(new Characters(), text))
        .as("seed %s", seed)
        .isEqualTo(text.codePoints().mapToObj(Character::toString).toList());
  }

  @Test
  void bytesThatAreNoUtf8AreCharactersByThemselves() {
    byte[] bytes = {
      'a', (byte) 0xe2, (byte) 0x82, (byte) 0xff, (byte) 0xc3, (byte) 0xa9, (byte) 0xf0
    };
    var lengths = new ArrayList<Integer>();
    new Characters().cut(bytes, 0, bytes.length, (b, offset, length) -> lengths.add(length));
    assertThat(lengths).containsExactly(1, 1, 1, 1, 2, 1);
    var words = new ArrayList<String>();
    new Words()
        .cut(
            bytes,
            0,
            bytes.length,
            (b, offset, length) ->
                words.add(new String(b, offset, length, StandardCharsets.UTF_8)));
    assertThat(words).containsExactly("a", "é");
  }

  @Test
  void chunksKeepOneSpaceInFrontOfAWord() {
    assertThat(cut(new Chunks(), "Hello, world  again\n\nx ."))
        .containsExactly("Hello", ",", " world", " ", " again", "\n", "\n", "x", " .");
    assertThat(cut(new Chunks(), "x".repeat(130)))
        .containsExactly("x".repeat(64), "x".repeat(64), "xx");
  }

  @Test
  void stopsWhenNoMoreIsWanted() {
    var taken = new ArrayList<String>();
    byte[] text = "one two three".getBytes(StandardCharsets.UTF_8);
    for (TextSplit split : TextSplit.values()) {
      taken.clear();
      Tokenizer.of(split, new TokenTable(List.of()))
          .cut(
              text,
              0,
              text.length,
              (bytes, offset, length) -> {
                taken.add(new String(bytes, offset, length, StandardCharsets.UTF_8));
                return taken.size() < 2;
              });
      assertThat(taken).as(split.code()).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void piecesOfBytePairsMakeUpTheText(long seed) {
    String text = randomText(seed);
    var learner = new VocabularyLearner(TextSplit.BYTE_PAIRS);
    learner.read(randomText(seed + 100).getBytes(StandardCharsets.UTF_8));
    learner.read(text.getBytes(StandardCharsets.UTF_8));
    List<String> vocabulary = learner.vocabulary(60, 1);
    List<String> pieces = cut(new BytePairs(new TokenTable(vocabulary)), text);
    assertThat(String.join("", pieces)).as("seed %s", seed).isEqualTo(text);
    assertThat(vocabulary).as("seed %s", seed).containsAll(pieces).doesNotHaveDuplicates();
  }
}
