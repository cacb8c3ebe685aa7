package io.headrace.ingest.mask;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rounds numbers down to a multiple of a width; nothing is left of what is no number. Immutable.
 */
record Bucket(List<String> fields, BigDecimal width) implements FieldRule {
  /** A power of ten that no honest number has. */
  private static final int LARGEST_SCALE = 400;

  @Override
  public boolean covers(String field) {
    return FieldRule.isWithin(fields, field);
  }

  @Override
  public @Nullable String masked(String value, Kind kind, RecordFields record) {
    try {
      var number = new BigDecimal(value.strip());
      if (Math.abs((long) number.scale()) + number.precision() > LARGEST_SCALE) {
        return null;
      }
      return number
          .divide(width, 0, RoundingMode.FLOOR)
          .multiply(width)
          .stripTrailingZeros()
          .toPlainString();
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
