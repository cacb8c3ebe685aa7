package io.headrace.perf.load;

import io.headrace.engine.error.HeadraceException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the rig is asked for. Immutable.
 *
 * @param records messages in the topic
 * @param runs rounds that count
 * @param job settings of the job, {@code key=value}
 */
record LoadSettings(long records, int runs, List<String> job) {
  static LoadSettings parse(String... arguments) {
    long records = 5_000_000;
    int runs = 3;
    var job = new ArrayList<String>();
    for (int i = 0; i < arguments.length; i += 2) {
      String value = i + 1 < arguments.length ? arguments[i + 1] : "";
      switch (arguments[i]) {
        case "--records" -> records = Long.parseLong(value);
        case "--runs" -> runs = Math.max(1, Integer.parseInt(value));
        case "--set" -> job.add(value);
        default ->
            throw new HeadraceException(
                arguments[i] + " is not known. Use --records N, --runs N, --set key=value.");
      }
    }
    return new LoadSettings(records, runs, List.copyOf(job));
  }
}
