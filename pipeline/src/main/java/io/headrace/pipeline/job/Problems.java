package io.headrace.pipeline.job;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.error.InvalidSettingException;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything found wrong with a job so far, one line each, so that a person mends all of it in one
 * go. Not thread-safe.
 */
final class Problems {
  private final List<String> lines = new ArrayList<>();

  /**
   * Notes a problem.
   *
   * @param path dotted path of the setting, as {@code --set} takes it
   * @param problem what is wrong, and in further sentences how to fix it
   */
  void add(String path, String problem, Place place) {
    add(path, "", problem, place);
  }

  /**
   * Notes a problem with a value.
   *
   * @param value the value's text; what is wrong with it follows it
   */
  void add(String path, String value, String problem, Place place) {
    int end = endOfFirstSentence(problem);
    lines.add(
        path
            + ": "
            + value
            + problem.substring(0, end)
            + " ("
            + place
            + ")"
            + problem.substring(end));
  }

  /** Notes a problem that a component found with the settings in {@code group}. */
  void add(String path, InvalidSettingException problem, YamlNode.Group group) {
    boolean whole = problem.key().isEmpty();
    add(
        whole ? path : path + "." + problem.key(),
        String.valueOf(problem.getMessage()),
        whole ? group.place() : group.placeOf(problem.key()));
  }

  /**
   * Ends the reading if there is any problem.
   *
   * @throws HeadraceException with one line for each
   */
  void throwIfAny() {
    if (!lines.isEmpty()) {
      throw new HeadraceException(String.join("\n", lines));
    }
  }

  HeadraceException exception(Throwable cause) {
    return new HeadraceException(String.join("\n", lines), cause);
  }

  private static int endOfFirstSentence(String text) {
    int end = text.indexOf(". ");
    if (end >= 0) {
      return end;
    }
    return text.endsWith(".") ? text.length() - 1 : text.length();
  }
}
