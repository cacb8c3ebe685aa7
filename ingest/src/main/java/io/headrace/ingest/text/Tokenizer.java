package io.headrace.ingest.text;

/** Cuts UTF-8 text into tokens. Not thread-safe: it may keep memory from one text to the next. */
@FunctionalInterface
public interface Tokenizer {
  /** Takes the tokens of a text in turn. */
  @FunctionalInterface
  interface Tokens {
    /**
     * Takes a token, whose bytes are gone after it returns.
     *
     * @return whether further ones are wanted
     */
    boolean take(byte[] bytes, int offset, int length);
  }

  /** Gives every token of the text to {@code to}, from its start to its end. */
  void cut(byte[] text, int offset, int length, Tokens to);

  /** Makes a tokenizer; {@code vocabulary} tells the pieces of byte pairs, and no other's. */
  static Tokenizer of(TextSplit split, TokenTable vocabulary) {
    return switch (split) {
      case WORDS -> new Words();
      case CHARACTERS -> new Characters();
      case BYTE_PAIRS -> new BytePairs(vocabulary);
    };
  }
}
