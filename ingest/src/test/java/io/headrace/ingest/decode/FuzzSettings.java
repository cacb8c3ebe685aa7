package io.headrace.ingest.decode;

/** How much is fuzzed, and with which random numbers. */
public final class FuzzSettings {
  /** Records of each kind; CI takes few, a long run takes a million. */
  public static final int RECORDS = Integer.getInteger("headrace.fuzz.records", 20_000);

  /** Other seeds give other records. */
  public static final long SEED = Long.getLong("headrace.fuzz.seed", 1);

  private FuzzSettings() {}
}
