package io.headrace.ingest.mask;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks for personal data within texts. Immutable.
 *
 * @param fields to look into; empty for all
 */
record Detect(List<String> fields, List<Detector> detectors, Action action) implements FieldRule {
  /** What is done with what is found. */
  enum Action {
    /** The name of its kind stands in its place. */
    REPLACE,
    /** Letters and digits become stars. */
    MASK,
    /** The record is not learned from; its letter has the names of kinds. */
    REJECT
  }

  @Override
  public boolean covers(String field) {
    return fields.isEmpty() || FieldRule.isWithin(fields, field);
  }

  @Override
  public @Nullable String masked(String value, Kind kind, RecordFields record) {
    if (kind == Kind.REAL) {
      return value; // a fraction identifies nobody
    }
    String text = value;
    for (Detector detector : detectors) {
      text = detector.replaceIn(text, found -> instead(detector, found));
    }
    if (action == Action.REJECT && !text.equals(value)) {
      record.reject("the record holds " + kinds(value));
    }
    return kind == Kind.TEXT || text.equals(value) ? text : null;
  }

  private String instead(Detector detector, String found) {
    return action == Action.MASK
        ? found.replaceAll("[\\p{L}\\p{N}]", "*")
        : "<" + detector.code() + ">";
  }

  private String kinds(String value) {
    return String.join(
        ", ", detectors.stream().filter(d -> d.finds(value)).map(Detector::code).toList());
  }
}
