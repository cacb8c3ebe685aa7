package io.headrace.perf.load;

/**
 * How fast something was. Immutable.
 *
 * @param records handled, start to end
 * @param seconds start to end, opening and closing included
 * @param steadyPerSecond records a second over the last four fifths of the records
 */
record Figure(long records, double seconds, double steadyPerSecond) {
  double perSecond() {
    return records / seconds;
  }

  @Override
  public String toString() {
    return "%,11.0f/s steady, %,11.0f/s whole".formatted(steadyPerSecond, perSecond());
  }
}
