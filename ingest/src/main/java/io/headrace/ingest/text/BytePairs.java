package io.headrace.ingest.text;

/**
 * Pieces of words by byte-pair encoding (Sennrich, Haddow, Birch 2016): within a chunk, the two
 * neighbours that together are the earliest token of the vocabulary are merged, the leftmost of
 * several, until no two are one. Characters that the vocabulary lacks stay by themselves.
 */
final class BytePairs implements Tokenizer {
  private final Chunks chunks = new Chunks();
  private final TokenTable vocabulary;
  private final int[] starts = new int[Chunks.MOST_CHARACTERS + 1];
  private final Tokens merging = this::merge;
  private Tokens receiver = (bytes, offset, length) -> false;

  BytePairs(TokenTable vocabulary) {
    this.vocabulary = vocabulary;
  }

  @Override
  public void cut(byte[] text, int offset, int length, Tokens to) {
    receiver = to;
    chunks.cut(text, offset, length, merging);
  }

  private boolean merge(byte[] text, int offset, int length) {
    int pieces = 0;
    for (int at = offset; at < offset + length; at += Utf8.length(text, at, offset + length)) {
      starts[pieces++] = at;
    }
    starts[pieces] = offset + length;
    for (int best = earliest(text, pieces); best >= 0; best = earliest(text, pieces)) {
      System.arraycopy(starts, best + 2, starts, best + 1, pieces - best - 1);
      pieces--;
    }
    boolean wanted = true;
    for (int i = 0; i < pieces && wanted; i++) {
      wanted = receiver.take(text, starts[i], starts[i + 1] - starts[i]);
    }
    return wanted;
  }

  /** The piece that makes the earliest token with the one behind it; -1 if none makes one. */
  private int earliest(byte[] text, int pieces) {
    int best = -1;
    int bestToken = Integer.MAX_VALUE;
    for (int i = 0; i + 1 < pieces; i++) {
      int token = vocabulary.find(text, starts[i], starts[i + 2] - starts[i]);
      if (token >= 0 && token < bestToken) {
        best = i;
        bestToken = token;
      }
    }
    return best;
  }
}
