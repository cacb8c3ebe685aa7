package io.headrace.perf.load;

/**
 * How fast something was. Immutable.
 *
 * @param records handled, start to end
 * @param seconds start to end, opening and closing included
 * @param steadyPerSecond records a second in steady state: between the first fifth of the records
 *     and the last twentieth
 * @param steadyProcessorNanos processor time of the whole JVM for a record in steady state, the
 *     broker included
 */
record Figure(long records, double seconds, double steadyPerSecond, double steadyProcessorNanos) {
  double perSecond() {
    return records / seconds;
  }

  @Override
  public String toString() {
    return "%,11.0f/s steady, %,11.0f/s whole, %4.0f ns of processor time a record"
        .formatted(steadyPerSecond, perSecond(), steadyProcessorNanos);
  }
}
