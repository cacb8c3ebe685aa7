package io.headrace.ingest.decode;

/**
 * Reads one value of a record and puts it where it goes. A plan of steps follows the writer's
 * schema; it has no state of its own.
 */
@FunctionalInterface
interface AvroStep {
  void run(AvroInput in, SampleRow row) throws MalformedRecordException;

  /** Runs one after the other. */
  static AvroStep all(AvroStep... steps) {
    return steps.length == 1
        ? steps[0]
        : (in, row) -> {
          for (AvroStep step : steps) {
            step.run(in, row);
          }
        };
  }

  /** Reads the same value once for each of {@code steps}. */
  static AvroStep each(AvroStep... steps) {
    return steps.length == 1
        ? steps[0]
        : (in, row) -> {
          int start = in.position();
          for (AvroStep step : steps) {
            in.position(start);
            step.run(in, row);
          }
        };
  }

  /** Reads which branch of a union follows, then that. */
  static AvroStep union(AvroStep... branches) {
    return (in, row) -> branches[in.readIndex(branches.length)].run(in, row);
  }
}
