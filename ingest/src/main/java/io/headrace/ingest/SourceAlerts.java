package io.headrace.ingest;

/** Is told by a source what operators should know of. Called by the source's threads. */
@FunctionalInterface
public interface SourceAlerts {
  /**
   * Takes one alert.
   *
   * @param code stable, for machines, e.g. {@code positions-lost}
   * @param message what happened, with values, for people
   */
  void alert(String code, String message);
}
