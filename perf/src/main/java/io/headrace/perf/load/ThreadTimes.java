package io.headrace.perf.load;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Processor time by groups of threads of like names, since the JVM's start, in seconds. Immutable.
 */
record ThreadTimes(Map<String, Double> seconds) {
  private static final double LEAST_SHOWN_SECONDS = 0.05;

  /** Times of the threads that live now. */
  static ThreadTimes now() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    var seconds = new TreeMap<String, Double>();
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null) {
        double time = Math.max(0, threads.getThreadCpuTime(thread.getThreadId())) / 1e9;
        seconds.merge(group(thread.getThreadName()), time, Double::sum);
      }
    }
    return new ThreadTimes(seconds);
  }

  /** What passed since {@code earlier}; threads that ended meanwhile are left out. */
  ThreadTimes since(ThreadTimes earlier) {
    var passed = new TreeMap<String, Double>();
    seconds.forEach(
        (name, time) -> passed.put(name, time - earlier.seconds.getOrDefault(name, 0.0)));
    return new ThreadTimes(passed);
  }

  private static String group(String thread) {
    return thread.startsWith("headrace")
        ? thread.replaceAll("-\\d+$", "")
        : thread.contains("kafka") ? "broker" : "other";
  }

  @Override
  public String toString() {
    return seconds.entrySet().stream()
        .filter(entry -> entry.getValue() >= LEAST_SHOWN_SECONDS)
        .map(entry -> "%s %.2f s".formatted(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", "));
  }
}
