package io.headrace.ingest.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Ledger;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class GrowingVocabularyTest {
  private static byte[] bytes(String token) {
    return token.getBytes(StandardCharsets.UTF_8);
  }

  private static int find(GrowingVocabulary vocabulary, String token) {
    byte[] text = bytes("<" + token + ">");
    return vocabulary.find(text, 1, text.length - 2);
  }

  @Test
  void numbersTokensAsTheyComeUntilItIsFull() {
    var vocabulary = new GrowingVocabulary(3);
    assertThat(find(vocabulary, "a")).isEqualTo(GrowingVocabulary.NOT_YET);
    assertThat(vocabulary.add(bytes("b"))).isZero();
    assertThat(vocabulary.add(bytes("é"))).isEqualTo(1);
    assertThat(vocabulary.add(bytes("b"))).isZero();
    assertThat(find(vocabulary, "é")).isEqualTo(1);
    assertThat(vocabulary.add(bytes("a".repeat(257)))).isEqualTo(GrowingVocabulary.UNKNOWN);
    assertThat(vocabulary.add(bytes("a".repeat(256)))).isEqualTo(2);
    assertThat(vocabulary.add(bytes("c"))).isEqualTo(GrowingVocabulary.UNKNOWN);
    assertThat(find(vocabulary, "c")).isEqualTo(GrowingVocabulary.UNKNOWN);
    assertThat(find(vocabulary, "b")).isZero();
    assertThat(vocabulary.size()).isEqualTo(3);
  }

  @Test
  void comesBackFromACheckpoint() {
    for (int count : new int[] {0, 1, 500}) {
      var vocabulary = new GrowingVocabulary(500);
      for (int i = 0; i < count; i++) {
        vocabulary.add(bytes("word " + i));
      }
      Checkpoint checkpoint = EMPTY.with("v", vocabulary);
      var other = new GrowingVocabulary(500);
      other.add(bytes("what has to go"));
      checkpoint.restore("v", other);
      assertThat(other.size()).isEqualTo(count);
      for (int i = 0; i < count; i++) {
        assertThat(find(other, "word " + i)).isEqualTo(i);
      }
      if (count < 500) {
        assertThat(find(other, "what has to go")).isEqualTo(GrowingVocabulary.NOT_YET);
      } else {
        assertThatThrownBy(() -> checkpoint.restore("v", new GrowingVocabulary(9)))
            .isInstanceOf(HeadraceException.class)
            .hasMessageContaining("no room");
      }
    }
    assertThatThrownBy(() -> EMPTY.restore("v", new GrowingVocabulary(9)))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("lacks the vocabulary");
  }

  private static final Checkpoint EMPTY =
      new Checkpoint("job", "", 0, 0, Ledger.EMPTY, new TreeMap<>(), new TreeMap<>());

  /**
   * Readers are let in at any moment of the growth: a token has no number yet, or the right one.
   */
  @Test
  void otherThreadsFindANumberOrNoneYetWhileItGrows() throws Exception {
    int tokens = 20_000;
    var vocabulary = new GrowingVocabulary(tokens);
    var ready = new CountDownLatch(2);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<?>[] readers = new Future<?>[2];
      for (int r = 0; r < 2; r++) {
        readers[r] =
            threads.submit(
                () -> {
                  ready.countDown();
                  while (vocabulary.size() < tokens) {
                    int from = Math.max(0, vocabulary.size() - 4);
                    for (int i = from; i < Math.min(tokens, from + 8); i++) {
                      assertThat(find(vocabulary, "token " + i)).isIn(i, GrowingVocabulary.NOT_YET);
                    }
                  }
                });
      }
      ready.await();
      for (int i = 0; i < tokens; i++) {
        vocabulary.add(bytes("token " + i));
      }
      for (Future<?> reader : readers) {
        reader.get();
      }
    }
  }
}
