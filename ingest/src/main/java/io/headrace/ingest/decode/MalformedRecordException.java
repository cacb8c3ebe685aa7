package io.headrace.ingest.decode;

/** Ends the reading of a record whose bytes make no sense. Costs no stack trace. */
final class MalformedRecordException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedRecordException(String detail) {
    super(detail, null, false, false);
  }

  /** What is wrong, with the values. */
  String detail() {
    return String.valueOf(getMessage());
  }
}
