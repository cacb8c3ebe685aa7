package io.headrace.app.http;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The metrics of a scrape while their points are gathered, job by job: each point is labelled with
 * its job. The label is not {@code job}, for that one is Prometheus's own. Not thread-safe.
 */
final class MetricFamilies {
  private static final String JOB = "job_name";

  private final Map<String, MetricFamily> families = new LinkedHashMap<>();
  private String job = "";

  /** Points are of that job from now on. */
  void of(String name) {
    job = name;
  }

  /**
   * A figure that only grows.
   *
   * @param name without the {@code _total} that the exposition adds
   */
  MetricFamily counter(String name, String help) {
    return families
        .computeIfAbsent(name, first -> new MetricFamily(name, help, true))
        .labelled(JOB, job);
  }

  MetricFamily gauge(String name, String help) {
    return families
        .computeIfAbsent(name, first -> new MetricFamily(name, help, false))
        .labelled(JOB, job);
  }

  MetricSnapshots snapshots() {
    var all = MetricSnapshots.builder();
    families.values().forEach(family -> all.metricSnapshot(family.snapshot()));
    return all.build();
  }
}
