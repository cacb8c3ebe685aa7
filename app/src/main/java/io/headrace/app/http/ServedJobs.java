package io.headrace.app.http;

import java.util.List;
import java.util.Optional;

/** The jobs that a service shows, each as it is now. Called by several threads. */
@FunctionalInterface
public interface ServedJobs {
  /** All there are, in the order to show them. */
  List<ServedJob> all();

  default Optional<ServedJob> named(String name) {
    return all().stream().filter(job -> job.name().equals(name)).findFirst();
  }

  /** Of the largest body that one of them takes; 0 if none takes any. Asked once, at the start. */
  default int maxRequestBytes() {
    return all().stream().mapToInt(ServedJob::maxRequestBytes).max().orElse(0);
  }

  static ServedJobs only(ServedJob job) {
    return () -> List.of(job);
  }
}
