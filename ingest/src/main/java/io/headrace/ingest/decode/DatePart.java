package io.headrace.ingest.decode;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A part of a time that seasons and habits follow, in UTC or as local times were written. */
public enum DatePart {
  YEAR,
  /** 1 to 12. */
  MONTH,
  /** 1 to 31. */
  DAY,
  /** Monday is 1, Sunday 7. */
  WEEKDAY,
  /** 0 to 23. */
  HOUR,
  /** 0 to 59. */
  MINUTE,
  /** One day of one year, as days since 1970. */
  DATE;

  private static final long MINUTE_MILLIS = 60_000;
  private static final long HOUR_MILLIS = 60 * MINUTE_MILLIS;
  private static final long DAY_MILLIS = 24 * HOUR_MILLIS;

  /** The range of years that dates are reckoned in; times beyond it are at its ends. */
  private static final long MOST_DAYS = 300_000_000;

  /** The names of all parts. */
  static List<String> codes() {
    return Arrays.stream(values()).map(DatePart::code).toList();
  }

  static DatePart of(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT));
  }

  /** As it stands in a job file. */
  String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The part as a number.
   *
   * @param time milliseconds since 1970
   */
  long in(long time) {
    return switch (this) {
      case YEAR -> day(time).getYear();
      case MONTH -> day(time).getMonthValue();
      case DAY -> day(time).getDayOfMonth();
      case WEEKDAY -> day(time).getDayOfWeek().getValue();
      case HOUR -> Math.floorMod(time, DAY_MILLIS) / HOUR_MILLIS;
      case MINUTE -> Math.floorMod(time, HOUR_MILLIS) / MINUTE_MILLIS;
      case DATE -> Math.floorDiv(time, DAY_MILLIS);
    };
  }

  private static LocalDate day(long time) {
    long days = Math.floorDiv(time, DAY_MILLIS);
    return LocalDate.ofEpochDay(Math.clamp(days, -MOST_DAYS, MOST_DAYS));
  }
}
