package io.headrace.app.run;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.pipeline.job.JobSpec;
import java.util.Map;
import java.util.stream.Collectors;

/** A job's parts in a few words, for people. Stateless. */
public final class Descriptions {
  private Descriptions() {}

  /** {@code topic flights} or {@code file flights.avro}. */
  public static String source(JobSpec job) {
    Map<String, Object> settings = job.source().settings().asMap();
    Object place = settings.getOrDefault("topic", settings.get("path"));
    if (job.source().name().equals("http")) {
      return "POST /api/v1/samples";
    }
    return (settings.containsKey("topic") ? "topic " : job.source().name() + " ") + place;
  }

  /** {@code linear, logistic loss, ftrl}. */
  public static String model(JobSpec job) {
    String layers =
        job.layers().stream().map(ComponentSpec::name).collect(Collectors.joining(" → "));
    return "%s, %s loss, %s".formatted(layers, job.loss().name(), job.optimizer().name());
  }
}
