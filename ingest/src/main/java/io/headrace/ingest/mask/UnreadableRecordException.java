package io.headrace.ingest.mask;

/**
 * Ends the reading of a record that is not what its format says. Says nothing of the record, which
 * nobody has masked. Costs no stack trace.
 */
final class UnreadableRecordException extends Exception {
  private static final long serialVersionUID = 1L;

  UnreadableRecordException() {
    super(null, null, false, false);
  }
}
