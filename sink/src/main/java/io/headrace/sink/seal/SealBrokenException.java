package io.headrace.sink.seal;

import io.headrace.engine.error.HeadraceException;

/** An encrypted file's bytes are not those that were written. */
public final class SealBrokenException extends HeadraceException {
  private static final long serialVersionUID = 1L;

  private final boolean cutOff;

  /**
   * @param problem what was found, the end of a sentence that begins with the file
   */
  SealBrokenException(String problem) {
    this(problem, false);
  }

  private SealBrokenException(String problem, boolean cutOff) {
    super(problem);
    this.cutOff = cutOff;
  }

  /** One of a file that ends too early, within its label. */
  static SealBrokenException cutOff(String problem) {
    return new SealBrokenException(problem, true);
  }

  boolean isCutOff() {
    return cutOff;
  }

  /** What was found. */
  public String problem() {
    return String.valueOf(getMessage());
  }
}
