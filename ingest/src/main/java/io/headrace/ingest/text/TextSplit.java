package io.headrace.ingest.text;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The kinds of tokens that text can be cut into. */
public enum TextSplit {
  /** Runs of letters, digits and apostrophes between them, in lower case. */
  WORDS,
  /** Each Unicode character by itself. */
  CHARACTERS,
  /** Pieces of words, merged from characters as their vocabulary says. */
  BYTE_PAIRS;

  /** As it stands in a job file. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The kind that a job file calls {@code code}. */
  public static TextSplit of(String code) {
    return Arrays.stream(values())
        .filter(split -> split.code().equals(code))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(code));
  }

  /** The codes of all kinds. */
  public static List<String> codes() {
    return Arrays.stream(values()).map(TextSplit::code).toList();
  }
}
