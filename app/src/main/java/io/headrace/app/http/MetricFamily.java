package io.headrace.app.http;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Map;
import java.util.TreeMap;

/** One Prometheus metric while its points are gathered. Not thread-safe. */
final class MetricFamily {
  private final String name;
  private final String help;
  private final boolean counts;
  private final Map<Labels, Double> points = new TreeMap<>();

  private MetricFamily(String name, String help, boolean counts) {
    this.name = name;
    this.help = help;
    this.counts = counts;
  }

  /**
   * A figure that only grows.
   *
   * @param name without the {@code _total} that the exposition adds
   */
  static MetricFamily counter(String name, String help) {
    return new MetricFamily(name, help, true);
  }

  static MetricFamily gauge(String name, String help) {
    return new MetricFamily(name, help, false);
  }

  /**
   * Adds a point.
   *
   * @param labels name, value, name, value, ...
   */
  MetricFamily add(double value, String... labels) {
    points.put(Labels.of(labels), value);
    return this;
  }

  /** Adds a count; Prometheus knows only floating point, exact up to 2^53. */
  MetricFamily add(long value, String... labels) {
    return add((double) value, labels);
  }

  MetricSnapshot snapshot() {
    return counts ? counterSnapshot() : gaugeSnapshot();
  }

  private MetricSnapshot counterSnapshot() {
    var snapshot = CounterSnapshot.builder().name(name).help(help);
    points.forEach(
        (labels, value) ->
            snapshot.dataPoint(
                CounterDataPointSnapshot.builder().labels(labels).value(value).build()));
    return snapshot.build();
  }

  private MetricSnapshot gaugeSnapshot() {
    var snapshot = GaugeSnapshot.builder().name(name).help(help);
    points.forEach(
        (labels, value) ->
            snapshot.dataPoint(
                GaugeDataPointSnapshot.builder().labels(labels).value(value).build()));
    return snapshot.build();
  }
}
