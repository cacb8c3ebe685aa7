package io.headrace.ingest.text;

import java.util.Arrays;

/**
 * Runs of letters, digits and combining marks, in lower case; an apostrophe between two letters
 * belongs to the word, and whatever else parts words is no token.
 */
final class Words implements Tokenizer {
  private static final int MOST_BYTES_OF_A_CHARACTER = 4;

  private byte[] word = new byte[64];

  @Override
  public void cut(byte[] text, int offset, int length, Tokens to) {
    int end = offset + length;
    int at = offset;
    int filled = 0;
    boolean wanted = true;
    while (at < end && wanted) {
      int bytes = Utf8.length(text, at, end);
      int character = Utf8.codePoint(text, at, bytes);
      if (Utf8.inWord(character) || (filled > 0 && joins(character, text, at + 1, end))) {
        filled = append(character, filled);
      } else if (filled > 0) {
        wanted = to.take(word, 0, filled);
        filled = 0;
      }
      at += bytes;
    }
    if (filled > 0 && wanted) {
      to.take(word, 0, filled);
    }
  }

  private static boolean joins(int character, byte[] text, int next, int end) {
    return character == '\''
        && next < end
        && Utf8.inWord(Utf8.codePoint(text, next, Utf8.length(text, next, end)));
  }

  private int append(int character, int filled) {
    if (filled + MOST_BYTES_OF_A_CHARACTER > word.length) {
      word = Arrays.copyOf(word, 2 * word.length);
    }
    return Utf8.write(Character.toLowerCase(character), word, filled);
  }
}
