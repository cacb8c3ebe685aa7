package io.headrace.app.run;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Colours of a progress line on a terminal that wants them. Stateless. */
final class Ink {
  private static final Pattern PARTS =
      Pattern.compile("^(?<name>\\S+)|(?<bad>rejected [\\d,]+)|(?<waiting>PAUSED|lag [\\d,]+)");
  private static final String BOLD = "\u001b[1m";
  private static final String RED = "\u001b[31m";
  private static final String YELLOW = "\u001b[33m";
  private static final String PLAIN = "\u001b[0m";

  private Ink() {}

  /** Whether the person wants colours; see no-color.org. */
  static boolean isWanted() {
    String refused = System.getenv("NO_COLOR");
    return refused == null || refused.isEmpty();
  }

  /** Whether the terminal can redraw a line. */
  static boolean isPossible() {
    return !"dumb".equals(System.getenv("TERM"));
  }

  /** The same line in colours; it takes the same room. */
  static String on(String line) {
    return PARTS
        .matcher(line)
        .replaceAll(
            part -> Matcher.quoteReplacement(colour((Matcher) part) + part.group() + PLAIN));
  }

  private static String colour(Matcher part) {
    if (part.group("name") != null) {
      return BOLD;
    }
    return part.group("bad") != null ? RED : YELLOW;
  }
}
