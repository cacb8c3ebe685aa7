package io.headrace.ingest.decode;

import io.headrace.engine.config.Setting;
import java.util.List;

/**
 * What {@code vocabulary} says of a {@code tokens} input: its tokens, or that they come with the
 * stream. Immutable; its text is part of a job's fingerprint.
 */
record KnownTokens(List<String> tokens, boolean grow) {
  static final KnownTokens NONE = new KnownTokens(List.of(), false);

  private static final String GROW = "grow";
  private static final Setting<List<String>> LISTED = Setting.texts("vocabulary", "");

  static KnownTokens read(Object raw) {
    if (GROW.equals(raw)) {
      return new KnownTokens(List.of(), true);
    }
    if (!(raw instanceof List<?>)) {
      throw new IllegalArgumentException("a list such as [a, b], or the word grow");
    }
    return new KnownTokens(LISTED.reader().apply(raw), false);
  }

  @Override
  public String toString() {
    return grow ? GROW : tokens.toString();
  }
}
