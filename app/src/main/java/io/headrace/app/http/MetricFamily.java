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

  private Labels common = Labels.EMPTY;

  /**
   * @param name of a count without the {@code _total} that the exposition adds
   * @param counts whether it only grows
   */
  MetricFamily(String name, String help, boolean counts) {
    this.name = name;
    this.help = help;
    this.counts = counts;
  }

  /** Gives this label to all points from now on. */
  MetricFamily labelled(String label, String value) {
    common = Labels.of(label, value);
    return this;
  }

  /**
   * Adds a point.
   *
   * @param labels name, value, name, value, ...
   */
  MetricFamily add(double value, String... labels) {
    points.put(common.merge(Labels.of(labels)), value);
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
