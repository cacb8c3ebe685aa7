package io.headrace.ingest;

/**
 * How much memory a packed part of the input may ask for: a block of a container, a page of a
 * column, a picture. A few bytes that unpack to more are refused where they stand, with a reason,
 * before the memory is taken. Stateless.
 */
public final class UnpackLimit {
  /** Records of one block: a few bytes unpack to millions of empty ones. */
  public static final int RECORDS = 1 << 20;

  private static final long MOST_BYTES = 256 << 20;
  private static final int SHARE_OF_THE_HEAP = 8;

  private UnpackLimit() {}

  /** Bytes: an eighth of the heap that this process may have, at most 256 MiB. */
  public static int bytes() {
    return (int) Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / SHARE_OF_THE_HEAP);
  }
}
