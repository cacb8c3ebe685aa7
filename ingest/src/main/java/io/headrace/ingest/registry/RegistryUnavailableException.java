package io.headrace.ingest.registry;

/** The registry gave no answer that says anything about the schema: it has to be asked again. */
final class RegistryUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param problem what it did instead; completes "the schema registry at URL ..."
   */
  RegistryUnavailableException(String problem) {
    super(problem);
  }

  String problem() {
    return String.valueOf(getMessage());
  }
}
