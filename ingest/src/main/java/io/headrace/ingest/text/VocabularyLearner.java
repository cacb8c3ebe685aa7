package io.headrace.ingest.text;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Learns the vocabulary of some texts, the same from the same texts. Not thread-safe. */
public final class VocabularyLearner {
  private static final int LONGEST_BYTES = 256;

  private final TextSplit split;
  private final Tokenizer tokenizer;
  private final Map<String, Long> counts = new HashMap<>();

  public VocabularyLearner(TextSplit split) {
    this.split = split;
    this.tokenizer =
        switch (split) {
          case WORDS -> new Words();
          case CHARACTERS -> new Characters();
          case BYTE_PAIRS -> new Chunks();
        };
  }

  /** Counts the tokens of a text in UTF-8; those of more than 256 bytes are passed over. */
  public void read(byte[] text) {
    tokenizer.cut(
        text,
        0,
        text.length,
        (bytes, offset, length) -> {
          if (length <= LONGEST_BYTES) {
            counts.merge(new String(bytes, offset, length, StandardCharsets.UTF_8), 1L, Long::sum);
          }
          return true;
        });
  }

  /**
   * The tokens of all texts read. Words come the most frequent first, and of equally frequent ones
   * the alphabetically first; characters in the order of their code points; byte pairs as {@link
   * PairMerges} has them.
   *
   * @param size most tokens to keep, those met most often
   * @param minCount tokens, or pairs to merge, that were met less often are left out
   */
  public List<String> vocabulary(int size, int minCount) {
    return switch (split) {
      case WORDS -> frequent(size, minCount).toList();
      case CHARACTERS ->
          frequent(size, minCount).sorted(Comparator.comparingInt(c -> c.codePointAt(0))).toList();
      case BYTE_PAIRS -> new PairMerges(counts).vocabulary(size, minCount);
    };
  }

  private Stream<String> frequent(int size, int minCount) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getValue() >= minCount)
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(size)
        .map(Map.Entry::getKey);
  }
}
