package io.headrace.app.follow;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * That a model is the newest of its job.
 *
 * @param checkpoint its name in the store
 * @param samples trained; empty where only the checkpoint itself tells
 * @param sha256 of the checkpoint's header; empty where nobody told
 * @param restored whether the job was taken back to it
 */
record ModelNews(
    String checkpoint,
    long step,
    OptionalLong samples,
    long writtenAtMillis,
    Optional<String> sha256,
    boolean restored) {

  /** Whether both tell of the same state of the model. */
  boolean isOf(ModelNews other) {
    return step == other.step
        && writtenAtMillis == other.writtenAtMillis
        && (sha256.isEmpty() || other.sha256.isEmpty() || sha256.equals(other.sha256));
  }

  /**
   * Whether it is of an older state than another, by steps and by the clock: a job that was taken
   * back takes fewer steps, later.
   */
  boolean isOlderThan(ModelNews other) {
    return step <= other.step && writtenAtMillis < other.writtenAtMillis;
  }
}
