package io.headrace.app;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a terminal of some width shows of what was printed to it. One thread uses it. */
public final class Screen {
  private static final Pattern ESCAPE = Pattern.compile("\u001b\\[(\\??\\d*)([A-Za-z])");

  private final int width;
  private final List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
  private int column;
  private boolean wraps = true;

  public Screen(int width) {
    this.width = width;
  }

  /** The lines that are shown, without blanks at their ends. */
  public List<String> show(String printed) {
    Matcher escapes = ESCAPE.matcher(printed);
    for (int at = 0; at < printed.length(); at++) {
      if (escapes.region(at, printed.length()).lookingAt()) {
        act(escapes.group(1), escapes.group(2));
        at = escapes.end() - 1;
      } else {
        put(printed.charAt(at));
      }
    }
    return lines.stream().map(line -> line.toString().stripTrailing()).toList();
  }

  private void act(String argument, String what) {
    switch (what) {
      case "K" -> line().setLength(Math.min(line().length(), column));
      case "D" -> column = Math.max(0, column - Integer.parseInt(argument));
      case "h" -> wraps = true;
      case "l" -> wraps = false;
      case "m" -> {} // colours
      default -> throw new IllegalArgumentException("unknown escape " + argument + what);
    }
  }

  private void put(char c) {
    switch (c) {
      case '\r' -> column = 0;
      case '\n' -> {
        lines.add(new StringBuilder());
        column = 0;
      }
      default -> {
        if (column == width) {
          lines.add(new StringBuilder());
          column = 0;
        }
        line().setLength(Math.max(line().length(), column + 1));
        line().setCharAt(column, c);
        column = wraps || column < width - 1 ? column + 1 : width - 1;
      }
    }
  }

  private StringBuilder line() {
    return lines.getLast();
  }
}
