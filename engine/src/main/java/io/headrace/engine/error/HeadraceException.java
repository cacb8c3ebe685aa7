package io.headrace.engine.error;

/**
 * A fault that a person has to know of: the message says what failed, why with the values, and how
 * to fix it. The base of every exception that Headrace throws on purpose.
 */
public class HeadraceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public HeadraceException(String message) {
    super(message);
  }

  public HeadraceException(String message, Throwable cause) {
    super(message, cause);
  }
}
