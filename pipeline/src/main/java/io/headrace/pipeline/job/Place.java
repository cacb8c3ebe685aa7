package io.headrace.pipeline.job;

/**
 * Where a value was given, as messages name it: a line of the job file, or an option of the command
 * line.
 */
record Place(String text) {
  /** Line {@code line}, counted from 1. */
  static Place line(String file, int line) {
    return new Place(file + ":" + line);
  }

  static Place setOption(String option) {
    return new Place("--set " + option);
  }

  @Override
  public String toString() {
    return text;
  }
}
