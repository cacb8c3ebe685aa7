package io.headrace.engine.sample;

import java.util.Locale;

/**
 * A position in a source that is read several times: the epoch, counted from 0, in the upper bits
 * and the record's number in the lower 40. In epoch 0 it is the record's number itself, so that
 * positions of sources that are read once are what they always were. Stateless.
 */
public final class EpochPosition {
  private static final int RECORD_BITS = 40;
  private static final long RECORDS = 1L << RECORD_BITS;

  private EpochPosition() {}

  /** The position of record {@code record}, below 2^40, in epoch {@code epoch}. */
  public static long of(long epoch, long record) {
    return (epoch << RECORD_BITS) + record;
  }

  public static long epoch(long position) {
    return position >>> RECORD_BITS;
  }

  public static long record(long position) {
    return position & (RECORDS - 1);
  }

  /** For a person: {@code 1,234}, or {@code 1,234 of epoch 3}, the first being epoch 1. */
  public static String text(long position) {
    String record = String.format(Locale.ROOT, "%,d", record(position));
    return epoch(position) == 0 ? record : record + " of epoch " + (epoch(position) + 1);
  }
}
