package io.headrace.app.command;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the process ends with; docs/operations.md says what to do about each. */
enum ExitStatus {
  DONE(0, "done"),
  FAILED(1, "failed, or what was to be proved is not so; a line on stderr says why"),
  USAGE(2, "the command line is wrong"),
  /** Chosen by the JVM, for {@code -XX:+ExitOnOutOfMemoryError}. */
  OUT_OF_MEMORY(3, "out of memory"),
  BUDGET_SPENT(4, "run: the job's privacy budget is spent"),
  /** This and the two below are 128 and the number of the signal, as everywhere. */
  INTERRUPTED(130, "Ctrl-C: stopped in order, with a checkpoint"),
  KILLED(137, "killed"),
  TERMINATED(143, "SIGTERM: stopped in order, with a checkpoint");

  private final int code;
  private final String meaning;

  ExitStatus(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  int code() {
    return code;
  }

  /** For the usage, by code. */
  static Map<String, String> meanings() {
    Map<String, String> all = new LinkedHashMap<>();
    Arrays.stream(values())
        .forEach(status -> all.put(Integer.toString(status.code), status.meaning));
    return all;
  }
}
