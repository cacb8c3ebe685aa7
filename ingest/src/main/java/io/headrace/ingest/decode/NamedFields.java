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

  private NamedFields(int[] labels, int[] contents, int[] vectors) {
    this.labels = labels;
    this.contents = contents;
    this.vectors = vectors;
  }

  /**
   * The fields of {@code format}, whose content is a single value.
   *
   * @throws InvalidSettingException if the mapping uses another field, or takes it otherwise
   */
  static NamedFields values(String format, String content, FieldTable table) {
    NamedFields fields = of(format, content, table);
    if (fields.vectors.length > 0) {
      throw misfit(
          "%s of %s records is a text. Take it with tokens or sparse inputs.", content, format);
    }
    return fields;
  }

  /**
   * The fields of {@code format}, whose content is a vector.
   *
   * @throws InvalidSettingException if the mapping uses another field, or takes it otherwise
   */
  static NamedFields vectors(String format, String content, FieldTable table) {
    NamedFields fields = of(format, content, table);
    if (fields.contents.length > 0) {
      throw misfit(
          "%s of %s records is an image. Take it with image: {shape: [32, 32, 3]}.",
          content, format);
    }
    return fields;
  }

  private static InvalidSettingException misfit(String problem, String content, String format) {
    return new InvalidSettingException("format", problem.formatted(content, format));
  }

  private static NamedFields of(String format, String content, FieldTable table) {
    List<String> names = List.of("label", content);
    for (String field : table.uses().keySet()) {
      if (!names.contains(field)) {
        throw new InvalidSettingException(
            "format",
            "%s records have the fields label and %s, not %s. %s"
                .formatted(format, content, field, Suggestion.nearest(field, names)));
      }
    }
    FieldTable.Use label = table.uses().getOrDefault("label", NOWHERE);
    FieldTable.Use inner = table.uses().getOrDefault(content, NOWHERE);
    return new NamedFields(array(label.slots()), array(inner.slots()), array(inner.vectors()));
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
