package io.headrace.app.letters;

import java.util.regex.Pattern;

/** Text that does nothing to a terminal but be read. Stateless. */
public final class Printable {
  /** All but tabulators and ends of lines; a return alone would write over what was before it. */
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\\r\\n\\t]]|\\r(?!\\n)");

  private Printable() {}

  /** The same text with a dot in place of each control character; lines stay lines. */
  public static String of(String text) {
    return CONTROL.matcher(text).replaceAll(".");
  }
}
