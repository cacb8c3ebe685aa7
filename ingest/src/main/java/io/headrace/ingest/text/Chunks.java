package io.headrace.ingest.text;

/**
 * What byte pairs are merged within: a run of letters and digits, or of other characters that are
 * no white space, in either case with the one space before it; each further white space by itself.
 * Longer runs than {@link #MOST_CHARACTERS} are cut.
 */
final class Chunks implements Tokenizer {
  static final int MOST_CHARACTERS = 64;

  @Override
  public void cut(byte[] text, int offset, int length, Tokens to) {
    int end = offset + length;
    int at = offset;
    while (at < end) {
      int chunkEnd = chunkEnd(text, at, end);
      if (!to.take(text, at, chunkEnd - at)) {
        return;
      }
      at = chunkEnd;
    }
  }

  private static int chunkEnd(byte[] text, int start, int end) {
    int at = text[start] == ' ' && start + 1 < end ? start + 1 : start;
    int bytes = Utf8.length(text, at, end);
    int first = Utf8.codePoint(text, at, bytes);
    if (Character.isWhitespace(first)) {
      return start + Utf8.length(text, start, end);
    }
    boolean word = Utf8.inWord(first);
    int characters = at == start ? 0 : 1;
    int character = first;
    do {
      at += bytes;
      characters++;
      if (at == end || characters == MOST_CHARACTERS) {
        return at;
      }
      bytes = Utf8.length(text, at, end);
      character = Utf8.codePoint(text, at, bytes);
    } while (Utf8.inWord(character) == word && !Character.isWhitespace(character));
    return at;
  }
}
