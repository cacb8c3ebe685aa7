package io.headrace.ingest.decode;

import io.headrace.engine.config.Suggestion;
import io.headrace.engine.error.InvalidSettingException;
import java.util.List;

/**
 * Where the two fields go that every record of a format without named fields has: {@code label},
 * and its content. Immutable.
 */
final class NamedFields {
  private static final FieldTable.Use NOWHERE = new FieldTable.Use(List.of(), List.of());

  private final int[] labels;
  private final int[] contents;
  private final int[] vectors;

  /**
   * The fields {@code label} and {@code content} of {@code format}.
   *
   * @throws InvalidSettingException if the mapping uses another field
   */
  NamedFields(String format, String content, FieldTable table) {
    List<String> names = List.of("label", content);
    for (String field : table.uses().keySet()) {
      if (!names.contains(field)) {
        throw new InvalidSettingException(
            "format",
            "%s records have the fields label and %s, not %s. %s"
                .formatted(format, content, field, Suggestion.nearest(field, names)));
      }
    }
    labels = array(table.uses().getOrDefault("label", NOWHERE).slots());
    contents = array(table.uses().getOrDefault(content, NOWHERE).slots());
    vectors = array(table.uses().getOrDefault(content, NOWHERE).vectors());
  }

  /** Slots of {@link FieldValues} that take the label. */
  int[] labels() {
    return labels;
  }

  /** Slots that take the content. */
  int[] contents() {
    return contents;
  }

  /** Inputs that take the content as their vector. */
  int[] vectors() {
    return vectors;
  }

  private static int[] array(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }
}
