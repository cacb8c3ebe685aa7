package io.headrace.ingest.decode;

/**
 * Bytes of text that do not stand in the record as they are: without their escapes, or in another
 * encoding. What was written stays readable in the array it was written to until {@link #clear}.
 * Not thread-safe.
 */
final class ByteScratch {
  private byte[] bytes = new byte[1024];
  private int filled;

  void clear() {
    filled = 0;
  }

  /** The array to read from what was written since the last {@link #reserve}. */
  byte[] bytes() {
    return bytes;
  }

  /** Where the next byte goes. */
  int position() {
    return filled;
  }

  /** Makes room for {@code count} more bytes in one piece. */
  void reserve(int count) {
    if (count > bytes.length - filled) {
      bytes = new byte[Math.max(Math.addExact(count, count >> 1), bytes.length)];
      filled = 0;
    }
  }

  /** Forgets the last {@code count} bytes, written since the last {@link #reserve}. */
  void drop(int count) {
    filled -= count;
  }

  void add(byte value) {
    bytes[filled++] = value;
  }

  /** Adds the characters in UTF-8; a surrogate without its other half becomes a question mark. */
  void addUtf8(char[] chars, int offset, int length) {
    reserve(Math.multiplyExact(length, 3));
    for (int i = offset; i < offset + length; i++) {
      char c = chars[i];
      if (c < 0x80) {
        add((byte) c);
      } else if (c < 0x800) {
        add((byte) (0xc0 | (c >> 6)));
        add((byte) (0x80 | (c & 0x3f)));
      } else if (!Character.isSurrogate(c)) {
        add((byte) (0xe0 | (c >> 12)));
        add((byte) (0x80 | ((c >> 6) & 0x3f)));
        add((byte) (0x80 | (c & 0x3f)));
      } else if (i + 1 < offset + length && Character.isSurrogatePair(c, chars[i + 1])) {
        addSupplementary(Character.toCodePoint(c, chars[++i]));
      } else {
        add((byte) '?');
      }
    }
  }

  private void addSupplementary(int codePoint) {
    add((byte) (0xf0 | (codePoint >> 18)));
    add((byte) (0x80 | ((codePoint >> 12) & 0x3f)));
    add((byte) (0x80 | ((codePoint >> 6) & 0x3f)));
    add((byte) (0x80 | (codePoint & 0x3f)));
  }
}
