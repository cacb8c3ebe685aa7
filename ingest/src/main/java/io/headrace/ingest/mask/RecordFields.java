package io.headrace.ingest.mask;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rules at work on the fields of one record after the other. Not thread-safe. */
final class RecordFields {
  private final List<FieldRule> rules;
  private final List<String> subjectFields;
  private final Map<String, String> subjects = new HashMap<>();
  private @Nullable String rejected;

  RecordFields(List<FieldRule> rules) {
    this.rules = List.copyOf(rules);
    this.subjectFields =
        rules.stream().map(FieldRule::subject).flatMap(Optional::stream).distinct().toList();
  }

  /**
   * Begins another record.
   *
   * @param values of its fields, before anything is masked
   */
  void begin(Function<String, Optional<String>> values) {
    rejected = null;
    subjects.clear();
    for (String field : subjectFields) {
      values.apply(field).ifPresent(value -> subjects.put(field, value));
    }
  }

  /** What the rules leave of a value, one after the other; null for nothing. */
  @Nullable String masked(String field, String value, Kind kind) {
    String now = value;
    for (FieldRule rule : rules) {
      if (rule.covers(field)) {
        now = rule.masked(now, kind, this);
        if (now == null) {
          return null;
        }
      }
    }
    return now;
  }

  /** Whether nothing is to be left of a field, whatever is in it. */
  boolean drops(String field) {
    return rules.stream().anyMatch(rule -> rule instanceof Drop && rule.covers(field));
  }

  /** Whether any rule covers the field. */
  boolean coversAtAll(String field) {
    return rules.stream().anyMatch(rule -> rule.covers(field));
  }

  /** Whether any rule but those that look for something covers the field. */
  boolean covers(String field) {
    return rules.stream().anyMatch(rule -> !(rule instanceof Detect) && rule.covers(field));
  }

  @Nullable String subject(String field) {
    return subjects.get(field);
  }

  /** Takes note that nothing is to be learned from the record. */
  void reject(String detail) {
    rejected = rejected == null ? detail : rejected;
  }

  /** Why nothing is to be learned from the record; null if that is allowed. */
  @Nullable String rejected() {
    return rejected;
  }
}
