package io.headrace.ingest.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyLearnerTest {
  private static List<String> learned(TextSplit split, int size, int minCount, String... texts) {
    var learner = new VocabularyLearner(split);
    for (String text : texts) {
      learner.read(text.getBytes(StandardCharsets.UTF_8));
    }
    return learner.vocabulary(size, minCount);
  }

  @Test
  void wordsComeTheMostFrequentFirstAndAlphabeticallyIfEqual() {
    String[] texts = {"b a c b", "d a B e"};
    assertThat(learned(TextSplit.WORDS, 10, 1, texts)).containsExactly("b", "a", "c", "d", "e");
    assertThat(learned(TextSplit.WORDS, 3, 1, texts)).containsExactly("b", "a", "c");
    assertThat(learned(TextSplit.WORDS, 10, 2, texts)).containsExactly("b", "a");
  }

  @Test
  void charactersComeInTheOrderOfTheirCodePoints() {
    assertThat(learned(TextSplit.CHARACTERS, 10, 1, "to be\n"))
        .containsExactly("\n", " ", "b", "e", "o", "t");
    assertThat(learned(TextSplit.CHARACTERS, 2, 1, "zzayyz")).containsExactly("y", "z");
  }

  @Test
  void bytePairsAreMergedAsInThePapersExample() {
    // low x5, lower x2, newest x6, widest x3: es, est and lo are the first merges of the paper.
    String text =
        "low\n".repeat(5) + "lower\n".repeat(2) + "newest\n".repeat(6) + "widest\n".repeat(3);
    List<String> vocabulary = learned(TextSplit.BYTE_PAIRS, 15, 1, text);
    assertThat(vocabulary.subList(0, 11))
        .containsExactly("\n", "d", "e", "i", "l", "n", "o", "r", "s", "t", "w");
    assertThat(vocabulary.subList(11, 15)).containsExactly("es", "est", "lo", "low");
  }

  @Test
  void pairsMetTooSeldomAreNotMerged() {
    assertThat(learned(TextSplit.BYTE_PAIRS, 100, 3, "abab abx"))
        .containsExactly(" ", "a", "b", "x", "ab");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void bytePairsAreThoseOfTheSlowWay(long seed) {
    var random = new Random(seed);
    var text = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      text.append("abcd \n".charAt(random.nextInt(6)));
    }
    int size = 20 + random.nextInt(30);
    assertThat(learned(TextSplit.BYTE_PAIRS, size, 2, text.toString()))
        .as("seed %s", seed)
        .isEqualTo(slowly(text.toString(), size, 2));
  }

  /** Counts all pairs anew for every merge. */
  private static List<String> slowly(String text, int size, int minCount) {
    List<List<String>> chunks = new ArrayList<>();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    new Chunks()
        .cut(
            bytes,
            0,
            bytes.length,
            (b, offset, length) ->
                chunks.add(
                    new ArrayList<>(
                        new String(b, offset, length, StandardCharsets.UTF_8)
                            .chars()
                            .mapToObj(Character::toString)
                            .toList())));
    var tokens = new ArrayList<>(new TreeSet<>(chunks.stream().flatMap(List::stream).toList()));
    while (tokens.size() < size) {
      Map<List<String>, Integer> counts = new HashMap<>();
      for (List<String> chunk : chunks) {
        for (int i = 0; i + 1 < chunk.size(); i++) {
          counts.merge(List.of(chunk.get(i), chunk.get(i + 1)), 1, Integer::sum);
        }
      }
      List<String> best = List.of();
      for (String left : tokens) {
        for (String right : tokens) {
          List<String> pair = List.of(left, right);
          if (counts.getOrDefault(pair, 0) > counts.getOrDefault(best, 0)) {
            best = pair;
          }
        }
      }
      if (counts.getOrDefault(best, 0) < minCount) {
        break;
      }
      String merged = String.join("", best);
      if (!tokens.contains(merged)) {
        tokens.add(merged);
      }
      for (List<String> chunk : chunks) {
        for (int i = 0; i + 1 < chunk.size(); i++) {
          if (chunk.subList(i, i + 2).equals(best)) {
            chunk.set(i, merged);
            chunk.remove(i + 1);
          }
        }
      }
    }
    return tokens;
  }
}
