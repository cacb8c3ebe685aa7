package io.headrace.ingest.mask;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is done to the values of some fields. Not thread-safe. */
interface FieldRule {
  /** Whether the rule is for a field, by its dotted name. */
  boolean covers(String field);

  /** The field by whose value, as it was before any masking, this one is masked too. */
  default Optional<String> subject() {
    return Optional.empty();
  }

  /**
   * What a value becomes; null where nothing is left of it.
   *
   * @param record that it is in, which knows the subjects and takes note of what is not to be
   *     learned from
   */
  @Nullable String masked(String value, Kind kind, RecordFields record);

  /** Whether a field is one of those named, or within one. */
  static boolean isWithin(List<String> names, String field) {
    for (String name : names) {
      if (field.startsWith(name)
          && (field.length() == name.length() || field.charAt(name.length()) == '.')) {
        return true;
      }
    }
    return false;
  }
}
