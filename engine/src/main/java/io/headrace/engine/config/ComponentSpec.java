package io.headrace.engine.config;

/**
 * A component as the job file names it, its settings checked: {@code dense} with {@code units:
 * 128}. Immutable; its text is part of a job's fingerprint.
 */
public record ComponentSpec(String name, Settings settings) {
  @Override
  public String toString() {
    return name + settings.asMap();
  }
}
