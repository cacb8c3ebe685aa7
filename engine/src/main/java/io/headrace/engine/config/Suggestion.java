package io.headrace.engine.config;

import java.util.Comparator;
import java.util.List;

/** Words for an unknown name: the nearest known one, or all of them. */
public final class Suggestion {
  private Suggestion() {}

  /** "is not a key here. Did you mean 'size'?" or the list of the known ones. */
  public static String unknownKey(String key, List<String> known) {
    return "is not a key here. " + nearest(key, known);
  }

  /** "Did you mean 'size'?" where one is near, else "Known: ...". */
  public static String nearest(String given, List<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(given, candidate)))
        .filter(candidate -> distance(given, candidate) <= Math.max(2, candidate.length() / 3))
        .map(candidate -> "Did you mean '" + candidate + "'?")
        .orElseGet(() -> "Known: " + String.join(", ", known) + ".");
  }

  /** Levenshtein distance: the least number of single-character edits. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(previous[j], row[j - 1]) + 1);
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
