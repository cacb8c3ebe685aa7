package io.headrace.ingest.push;

/** What became of a pushed request. */
public sealed interface PushOutcome {
  /**
   * Its records are durable and will be learned, or rejected, once.
   *
   * @param partition of the source, as the ledger names it
   * @param first position of its first record
   * @param next position just past its last one
   * @param duplicate whether an earlier request with its key brought the same
   */
  record Accepted(String partition, long first, long next, boolean duplicate)
      implements PushOutcome {}

  /**
   * Nothing of it was kept.
   *
   * @param detail what to do about it, for a person
   */
  record Refused(Reason reason, String detail) implements PushOutcome {}

  /** Why a request is refused. */
  enum Reason {
    /** The body is none of the job's format, or empty. */
    UNREADABLE,
    /** The body is larger than the job allows. */
    TOO_LARGE,
    /** The body is of another kind than the job takes. */
    OTHER_FORMAT,
    /** Its key belongs to another body. */
    KEY_REUSED,
    /** As much waits to be learned as may: try again a little later. */
    FULL,
    /** It could not be made durable, or nothing is taken now: try again later. */
    UNAVAILABLE
  }
}
