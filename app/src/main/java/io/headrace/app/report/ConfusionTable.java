package io.headrace.app.report;

import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * A confusion matrix in words: a numbered line for each true class, a column for each predicted.
 */
final class ConfusionTable {
  /** More classes than this make a matrix that no terminal shows. */
  static final int MOST_CLASSES = 20;

  private ConfusionTable() {}

  /** Several lines, without a line break at the end. */
  static String text(List<String> classes, List<List<Long>> rows) {
    int names = classes.stream().mapToInt(String::length).max().orElse(0);
    long most = rows.stream().map(Collections::max).max(Long::compare).orElse(0L);
    String head = "%2d %-" + names + "s";
    String cell = "%" + (Math.max(2, number(most).length()) + 1) + "s";
    var text = new StringBuilder("confusion (row: true class, column: predicted)\n");
    text.repeat(' ', names + 3);
    for (int column = 0; column < classes.size(); column++) {
      text.append(cell.formatted(column));
    }
    for (int row = 0; row < rows.size(); row++) {
      text.append('\n').append(head.formatted(row, classes.get(row)));
      rows.get(row).forEach(count -> text.append(cell.formatted(number(count))));
    }
    return text.toString();
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
