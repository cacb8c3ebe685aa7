package io.headrace.ingest.mask;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Moves times by a number of days that a key and a subject decide: times of one subject keep their
 * distances. Takes ISO 8601 dates and times, and milliseconds since 1970; nothing is left of
 * anything else, nor where the subject is missing. Not thread-safe.
 *
 * @param days most that a time is moved by, back or forth; never by none
 */
record DateShift(List<String> fields, String subjectField, int days, KeyedHash hash)
    implements FieldRule {
  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  @Override
  public boolean covers(String field) {
    return FieldRule.isWithin(fields, field);
  }

  @Override
  public Optional<String> subject() {
    return Optional.of(subjectField);
  }

  @Override
  public @Nullable String masked(String value, Kind kind, RecordFields record) {
    String subject = record.subject(subjectField);
    if (subject == null) {
      return null;
    }
    long drawn = hash.number(subject) % (2L * days) - days;
    long shift = drawn < 0 ? drawn : drawn + 1;
    try {
      return shifted(value.strip(), shift);
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      return null;
    }
  }

  private static String shifted(String value, long shift) {
    if (value.indexOf('-', 1) < 0) {
      long moved = Math.addExact(Long.parseLong(value), Math.multiplyExact(shift, DAY_MILLIS));
      return Long.toString(moved);
    }
    if (value.indexOf('T') < 0) {
      return LocalDate.parse(value).plusDays(shift).toString();
    }
    boolean zoned = value.endsWith("Z") || value.lastIndexOf('+') > 0 || value.lastIndexOf('-') > 7;
    return zoned
        ? OffsetDateTime.parse(value).plusDays(shift).toString()
        : LocalDateTime.parse(value).plusDays(shift).toString();
  }
}
