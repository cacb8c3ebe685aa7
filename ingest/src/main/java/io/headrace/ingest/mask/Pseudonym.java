package io.headrace.ingest.mask;

import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts a keyed hash in the place of each value: equal ones stay equal, and nobody without the key
 * can tell, or try, which it was. A text that is a pseudonym already stays. Not thread-safe.
 */
record Pseudonym(List<String> fields, KeyedHash hash) implements FieldRule {
  private static final String MARK = "ps-";
  private static final int BYTES = 16;

  /** A number that JSON, and a double, can hold. */
  private static final int LONG_BITS = 53;

  private static final int INT_BITS = 31;

  @Override
  public boolean covers(String field) {
    return FieldRule.isWithin(fields, field);
  }

  @Override
  public @Nullable String masked(String value, Kind kind, RecordFields record) {
    return switch (kind) {
      case TEXT ->
          isPseudonym(value) ? value : MARK + HexFormat.of().formatHex(hash.of(value), 0, BYTES);
      case INT -> Long.toString(hash.number(value) >>> (63 - INT_BITS));
      case LONG, REAL -> Long.toString(hash.number(value) >>> (63 - LONG_BITS));
    };
  }

  private static boolean isPseudonym(String value) {
    if (value.length() != MARK.length() + 2 * BYTES || !value.startsWith(MARK)) {
      return false;
    }
    return value.chars().skip(MARK.length()).allMatch(HexFormat::isHexDigit);
  }
}
