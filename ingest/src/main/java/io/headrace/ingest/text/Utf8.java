package io.headrace.ingest.text;

/** UTF-8, one character at a time. Stateless. */
public final class Utf8 {
  private static final int REPLACEMENT = 0xfffd;

  private Utf8() {}

  /** Bytes of the character at {@code at}; 1 where there is none. */
  public static int length(byte[] bytes, int at, int end) {
    int lead = bytes[at] & 0xff;
    int length = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
    if (at + length > end) {
      return 1;
    }
    for (int i = at + 1; i < at + length; i++) {
      if ((bytes[i] & 0xc0) != 0x80) {
        return 1;
      }
    }
    return length;
  }

  /** The character of {@code length} bytes; the replacement character where there is none. */
  public static int codePoint(byte[] bytes, int at, int length) {
    return switch (length) {
      case 2 -> (bytes[at] & 0x1f) << 6 | (bytes[at + 1] & 0x3f);
      case 3 -> (bytes[at] & 0x0f) << 12 | (bytes[at + 1] & 0x3f) << 6 | (bytes[at + 2] & 0x3f);
      case 4 ->
          (bytes[at] & 0x07) << 18
              | (bytes[at + 1] & 0x3f) << 12
              | (bytes[at + 2] & 0x3f) << 6
              | (bytes[at + 3] & 0x3f);
      default -> bytes[at] >= 0 ? bytes[at] : REPLACEMENT;
    };
  }

  /** Writes a character to {@code to}, which has room for four bytes; returns where it ends. */
  static int write(int codePoint, byte[] to, int at) {
    int end = at;
    if (codePoint < 0x80) {
      to[end++] = (byte) codePoint;
      return end;
    }
    if (codePoint < 0x800) {
      to[end++] = (byte) (0xc0 | codePoint >> 6);
    } else {
      if (codePoint < 0x10000) {
        to[end++] = (byte) (0xe0 | codePoint >> 12);
      } else {
        to[end++] = (byte) (0xf0 | codePoint >> 18);
        to[end++] = (byte) (0x80 | (codePoint >> 12 & 0x3f));
      }
      to[end++] = (byte) (0x80 | (codePoint >> 6 & 0x3f));
    }
    to[end++] = (byte) (0x80 | (codePoint & 0x3f));
    return end;
  }

  /** Whether the character belongs to a word. */
  static boolean inWord(int codePoint) {
    if (codePoint < 0x80) {
      int letter = codePoint | 0x20;
      return (letter >= 'a' && letter <= 'z') || (codePoint >= '0' && codePoint <= '9');
    }
    int type = Character.getType(codePoint);
    return Character.isLetterOrDigit(codePoint)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK;
  }
}
