package io.headrace.pipeline.job;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.export.ExportedModel.Preparation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What of a job's transforms belongs to the model when it leaves: all that is done to the elements
 * of every sample. Augmentation and the choice of samples are for learning alone; an image is
 * resized before it is handed to the model.
 */
final class JobPreparation {
  private JobPreparation() {}

  /**
   * The steps by input, in the order of the job.
   *
   * @throws HeadraceException if a transform has no form outside Headrace
   */
  static Map<String, List<Preparation>> of(JobSpec job) {
    var steps = new TreeMap<String, List<Preparation>>();
    for (ComponentSpec transform : job.transforms()) {
      Map<String, Object> settings = transform.settings().asMap();
      switch (transform.name()) {
        case "normalize" ->
            add(
                steps,
                settings,
                new Preparation.Normalize(
                    numbers(settings, "mean"), numbers(settings, "deviation")));
        case "clip" ->
            add(
                steps,
                settings,
                new Preparation.Clip(number(settings, "min"), number(settings, "max")));
        case "scale" -> add(steps, settings, new Preparation.Scale(number(settings, "factor")));
        case "resize",
            "random-crop",
            "horizontal-flip",
            "cutout",
            "sample-fraction",
            "down-sample" -> {}
        default ->
            throw new HeadraceException(
                "The transform %s cannot be written into an exported model. Export the checkpoint itself, or do without the transform."
                    .formatted(transform.name()));
      }
    }
    return steps;
  }

  private static void add(
      Map<String, List<Preparation>> steps, Map<String, Object> settings, Preparation step) {
    String input = String.valueOf(settings.get("input"));
    steps.computeIfAbsent(input, i -> new ArrayList<>()).add(step);
  }

  private static double number(Map<String, Object> settings, String name) {
    return ((Number) value(settings, name)).doubleValue();
  }

  private static List<Double> numbers(Map<String, Object> settings, String name) {
    return ((List<?>) value(settings, name))
        .stream().map(number -> ((Number) number).doubleValue()).toList();
  }

  private static Object value(Map<String, Object> settings, String name) {
    return Objects.requireNonNull(settings.get(name), name);
  }
}
