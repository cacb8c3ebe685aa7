package io.headrace.ingest.decode;

/**
 * Times as ISO 8601 text, read from bytes without a String: 2026-01-31, 2026-01-31T12:00,
 * 2026-01-31T12:00:05.250Z, 2026-01-31 12:00:05+01:00; UTC where no offset is given. Stateless.
 */
final class EventTimeText {
  /** What {@link #parse} returns for text that is no time. */
  static final long NONE = Long.MIN_VALUE;

  private static final long DAY_MILLIS = 86_400_000;
  private static final int DATE_LENGTH = 10;
  private static final int MINUTE_LENGTH = 16;

  private EventTimeText() {}

  /** Milliseconds since 1970, or {@link #NONE}. */
  static long parse(byte[] b, int offset, int length) {
    int end = offset + length;
    if (length < DATE_LENGTH || b[offset + 4] != '-' || b[offset + 7] != '-') {
      return NONE;
    }
    int year = digits(b, offset, 4);
    int month = digits(b, offset + 5, 2);
    int day = digits(b, offset + 8, 2);
    if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31) {
      return NONE;
    }
    long midnight = epochDay(year, month, day) * DAY_MILLIS;
    if (length == DATE_LENGTH) {
      return midnight;
    }
    byte separator = b[offset + DATE_LENGTH];
    if (length < MINUTE_LENGTH || (separator != 'T' && separator != ' ') || b[offset + 13] != ':') {
      return NONE;
    }
    int hour = digits(b, offset + 11, 2);
    int minute = digits(b, offset + 14, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) {
      return NONE;
    }
    return seconds(b, offset + MINUTE_LENGTH, end, midnight + (hour * 60L + minute) * 60_000);
  }

  private static long seconds(byte[] b, int from, int end, long time) {
    int i = from;
    long millis = time;
    if (i + 3 <= end && b[i] == ':') {
      int second = digits(b, i + 1, 2);
      if (second < 0 || second > 60) {
        return NONE;
      }
      millis += second * 1000L;
      i += 3;
      if (i < end && b[i] == '.') {
        int unit = 100;
        for (i++; i < end && b[i] >= '0' && b[i] <= '9'; i++) {
          millis += (long) unit * (b[i] - '0');
          unit /= 10;
        }
      }
    }
    return zone(b, i, end, millis);
  }

  private static long zone(byte[] b, int from, int end, long millis) {
    if (from == end || (from + 1 == end && b[from] == 'Z')) {
      return millis;
    }
    boolean colon = end - from == 6 && b[from + 3] == ':';
    if ((b[from] != '+' && b[from] != '-') || (!colon && end - from != 5)) {
      return NONE;
    }
    int hours = digits(b, from + 1, 2);
    int minutes = digits(b, from + (colon ? 4 : 3), 2);
    if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) {
      return NONE;
    }
    long ahead = (hours * 60L + minutes) * 60_000;
    return b[from] == '+' ? millis - ahead : millis + ahead;
  }

  private static int digits(byte[] b, int from, int count) {
    int value = 0;
    for (int i = from; i < from + count; i++) {
      if (b[i] < '0' || b[i] > '9') {
        return -1;
      }
      value = value * 10 + b[i] - '0';
    }
    return value;
  }

  /** Days since 1970-01-01 in the Gregorian calendar, counting years from March. */
  private static long epochDay(int year, int month, int day) {
    int marchYear = month > 2 ? year : year - 1;
    int marchMonth = (month + 9) % 12;
    return 365L * marchYear
        + marchYear / 4
        - marchYear / 100
        + marchYear / 400
        + (153 * marchMonth + 2) / 5
        + day
        - 719_469;
  }
}
