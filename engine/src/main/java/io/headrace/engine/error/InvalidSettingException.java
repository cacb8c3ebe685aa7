package io.headrace.engine.error;

/**
 * A setting with an impossible value. {@link #key()} is the setting's name relative to the group it
 * was read from; whoever knows the file adds the full path and the line.
 */
public final class InvalidSettingException extends HeadraceException {
  private static final long serialVersionUID = 1L;

  private final String key;

  /**
   * @param key the setting's name, relative to its group; empty for the group as a whole
   * @param problem what is wrong with it, with the value, and how to fix it
   */
  public InvalidSettingException(String key, String problem) {
    super(problem);
    this.key = key;
  }

  public String key() {
    return key;
  }
}
