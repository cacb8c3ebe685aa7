package io.headrace.ingest.text;

/** Every character a token; a byte that is no UTF-8 is one by itself. */
final class Characters implements Tokenizer {
  @Override
  public void cut(byte[] text, int offset, int length, Tokens to) {
    int end = offset + length;
    int at = offset;
    boolean wanted = true;
    while (at < end && wanted) {
      int bytes = Utf8.length(text, at, end);
      wanted = to.take(text, at, bytes);
      at += bytes;
    }
  }
}
