package io.headrace.ingest.mask;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts one text in the place of every value. Immutable.
 *
 * @param keepLast characters at the end that stay, of values at least twice as long
 */
record Blank(List<String> fields, String with, int keepLast) implements FieldRule {
  @Override
  public boolean covers(String field) {
    return FieldRule.isWithin(fields, field);
  }

  @Override
  public @Nullable String masked(String value, Kind kind, RecordFields record) {
    if (kind != Kind.TEXT) {
      return null;
    }
    boolean longEnough = value.length() >= 2 * keepLast;
    return with + (longEnough ? value.substring(value.length() - keepLast) : "");
  }
}
