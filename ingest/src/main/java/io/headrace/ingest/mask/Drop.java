package io.headrace.ingest.mask;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Leaves nothing of fields. Immutable. */
record Drop(List<String> fields) implements FieldRule {
  @Override
  public boolean covers(String field) {
    return FieldRule.isWithin(fields, field);
  }

  @Override
  public @Nullable String masked(String value, Kind kind, RecordFields record) {
    return null;
  }
}
