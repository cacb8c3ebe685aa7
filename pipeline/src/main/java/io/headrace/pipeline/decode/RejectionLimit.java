package io.headrace.pipeline.decode;

/**
 * How many of the latest records may be rejected before somebody should look. Immutable.
 *
 * @param fraction of the window, 0 to 1; passed by more than this
 * @param windowRecords how many records the window looks back on, about
 * @param minRecords fewer records than this say nothing
 * @param pauses whether the job is paused then, or only tells
 */
public record RejectionLimit(double fraction, long windowRecords, long minRecords, boolean pauses) {
  /** No limit. */
  public static final RejectionLimit NONE = new RejectionLimit(1, 1, 1, false);

  boolean passedBy(long rejected, long records) {
    return records >= minRecords && rejected > fraction * records;
  }
}
