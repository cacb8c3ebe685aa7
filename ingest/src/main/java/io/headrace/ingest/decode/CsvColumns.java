package io.headrace.ingest.decode;

import io.headrace.engine.config.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which slots each column of a CSV file goes to. Immutable. */
final class CsvColumns {
  private final List<String> names;
  private final int[][] slots;
  private final Optional<String> problem;

  private CsvColumns(List<String> names, int[][] slots, Optional<String> problem) {
    this.names = names;
    this.slots = slots;
    this.problem = problem;
  }

  static CsvColumns of(List<String> names, FieldTable table) {
    int[][] slots = new int[names.size()][];
    for (int i = 0; i < slots.length; i++) {
      FieldTable.Use use = table.uses().get(names.get(i));
      slots[i] =
          use == null ? new int[0] : use.slots().stream().mapToInt(Integer::intValue).toArray();
    }
    return new CsvColumns(List.copyOf(names), slots, problem(names, table.uses()));
  }

  /** Names of the columns. */
  List<String> names() {
    return names;
  }

  /** Slots of each column, none where nobody uses it; not to be changed. */
  int[][] slots() {
    return slots;
  }

  /** Why the columns do not fit the mapping. */
  Optional<String> problem() {
    return problem;
  }

  private static Optional<String> problem(List<String> names, Map<String, FieldTable.Use> uses) {
    var problems = new ArrayList<String>();
    for (String field : uses.keySet()) {
      if (!names.contains(field)) {
        problems.add("there is no column " + field + ". " + Suggestion.nearest(field, names));
      }
    }
    return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
  }
}
