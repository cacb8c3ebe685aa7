package io.headrace.ingest.decode;

import java.nio.charset.StandardCharsets;

/**
 * Numbers as text, read from bytes and written to bytes, without a String for those of up to 15
 * digits: mantissa and power of ten are then exact doubles and one operation rounds once.
 * Stateless.
 */
final class NumberText {
  /** Longest text of a long. */
  static final int MAX_LONG_BYTES = 20;

  private static final int MAX_EXACT_DIGITS = 15;
  private static final int MAX_LENGTH = 400;
  private static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private NumberText() {}

  /** Whether the bytes are a number in digits: [+-] digits [. digits] [e [+-] digits]. */
  static boolean isNumber(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int i = offset;
    if (i < end && isSign(bytes[i])) {
      i++;
    }
    int digitsFrom = i;
    i = pastDigits(bytes, i, end);
    int digits = i - digitsFrom;
    if (i < end && bytes[i] == '.') {
      int fractionFrom = ++i;
      i = pastDigits(bytes, i, end);
      digits += i - fractionFrom;
    }
    if (digits == 0) {
      return false;
    }
    if (i < end && (bytes[i] | 0x20) == 'e') {
      i++;
      if (i < end && isSign(bytes[i])) {
        i++;
      }
      int exponentFrom = i;
      i = pastDigits(bytes, i, end);
      if (i == exponentFrom) {
        return false;
      }
    }
    return i == end && length <= MAX_LENGTH;
  }

  /** Whether the bytes spell what is no finite number: nan, inf, infinity, in any case. */
  static boolean isNotFinite(byte[] bytes, int offset, int length) {
    int signs = length > 0 && isSign(bytes[offset]) ? 1 : 0;
    int from = offset + signs;
    int rest = length - signs;
    return spells("nan", bytes, from, rest)
        || spells("inf", bytes, from, rest)
        || spells("infinity", bytes, from, rest);
  }

  /** The number, correctly rounded; NaN if the bytes are none. */
  static double parse(byte[] bytes, int offset, int length) {
    if (!isNumber(bytes, offset, length)) {
      return Double.NaN;
    }
    int end = offset + length;
    int i = isSign(bytes[offset]) ? offset + 1 : offset;
    long mantissa = 0;
    int digits = 0;
    int exponent = 0;
    boolean fraction = false;
    for (; i < end && (bytes[i] | 0x20) != 'e'; i++) {
      if (bytes[i] == '.') {
        fraction = true;
        continue;
      }
      if (digits == MAX_EXACT_DIGITS) {
        return slow(bytes, offset, length);
      }
      mantissa = mantissa * 10 + bytes[i] - '0';
      if (mantissa != 0) {
        digits++;
      }
      if (fraction) {
        exponent--;
      }
    }
    if (i < end) {
      if (end - i > 5) {
        return slow(bytes, offset, length);
      }
      exponent += exponent(bytes, i + 1, end);
    }
    if (Math.abs(exponent) >= POWERS_OF_TEN.length) {
      return slow(bytes, offset, length);
    }
    double value = shifted(mantissa, exponent);
    return bytes[offset] == '-' ? -value : value;
  }

  /**
   * {@code mantissa} times ten to the power of {@code exponent}, correctly rounded.
   *
   * @param mantissa of up to 15 digits
   * @param exponent within -22 and 22
   */
  static double shifted(long mantissa, int exponent) {
    return exponent < 0 ? mantissa / POWERS_OF_TEN[-exponent] : mantissa * POWERS_OF_TEN[exponent];
  }

  /** Writes {@code value} in decimal digits at the end of {@code to}; returns where it begins. */
  static int write(long value, byte[] to) {
    int i = to.length;
    long rest = value;
    do {
      to[--i] = (byte) ('0' + Math.abs(rest % 10));
      rest /= 10;
    } while (rest != 0);
    if (value < 0) {
      to[--i] = '-';
    }
    return i;
  }

  private static int exponent(byte[] bytes, int from, int to) {
    int i = isSign(bytes[from]) ? from + 1 : from;
    int value = 0;
    for (; i < to; i++) {
      value = value * 10 + bytes[i] - '0';
    }
    return bytes[from] == '-' ? -value : value;
  }

  private static double slow(byte[] bytes, int offset, int length) {
    return Double.parseDouble(new String(bytes, offset, length, StandardCharsets.US_ASCII));
  }

  private static int pastDigits(byte[] bytes, int from, int end) {
    int i = from;
    while (i < end && bytes[i] >= '0' && bytes[i] <= '9') {
      i++;
    }
    return i;
  }

  private static boolean isSign(byte b) {
    return b == '-' || b == '+';
  }

  private static boolean spells(String word, byte[] bytes, int offset, int length) {
    if (length != word.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if ((bytes[offset + i] | 0x20) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
