package io.headrace.ingest.push;

import io.headrace.ingest.push.PushOutcome.Reason;

/** Says that a body cannot be cut into records; nothing of it is kept. */
final class UnreadableBodyException extends Exception {
  private static final long serialVersionUID = 1;

  private final Reason reason;
  private final String detail;

  UnreadableBodyException(Reason reason, String detail) {
    super(detail);
    this.reason = reason;
    this.detail = detail;
  }

  Reason reason() {
    return reason;
  }

  /** What to do about it, for a person. */
  String detail() {
    return detail;
  }
}
