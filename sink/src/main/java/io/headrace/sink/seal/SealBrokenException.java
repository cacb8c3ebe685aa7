package io.headrace.sink.seal;

import io.headrace.engine.error.HeadraceException;

/** An encrypted file's bytes are not those that were written. */
public final class SealBrokenException extends HeadraceException {
  private static final long serialVersionUID = 1L;

  /**
   * @param problem what was found, the end of a sentence that begins with the file
   */
  SealBrokenException(String problem) {
    super(problem);
  }

  /** What was found. */
  public String problem() {
    return String.valueOf(getMessage());
  }
}
