package io.headrace.pipeline.job;

import io.headrace.engine.config.ComponentList;
import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Variant;
import io.headrace.engine.config.Variants;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.layer.Layer;
import io.headrace.engine.loss.Losses;
import io.headrace.engine.optimizer.Schedules;
import io.headrace.ingest.mask.Masking;
import io.headrace.ingest.registry.RegistrySettings;
import io.headrace.pipeline.transform.Transforms;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A small set of components, so that tests of the job file stand apart from what components say.
 */
final class TestVocabulary {
  static final Path DIRECTORY = Path.of("data");

  /** A job without fault; line numbers of the tests count from its first line. */
  static final String JOB =
      """
      name: flight-delay
      source:
        kafka: {topic: flights}
      sample:
        label: {field: late, classes: [on-time, late]}
        inputs:
          features:
            sparse:
              fields: [origin, hour]
              bits: 18
      model:
        - dense:
            units: 16
        - relu
        - linear: {input: features}
      loss: logistic
      optimizer: {ftrl: {learning-rate: 0.05}}
      batch:
        size: 64
        linger-ms: 20
      engine: {threads: 2}
      checkpoints: {directory: checkpoints}
      """;

  private static final Setting<Integer> UNITS =
      Setting.integer("units", 1, 4096, "Width of the layer.");
  private static final Setting<String> INPUT =
      Setting.text("input", "The input it reads.").absentByDefault();
  private static final Setting<Double> RATE =
      Setting.number("learning-rate", 0, 10, "Size of a step.").orElse(0.1);
  private static final Setting<Boolean> FOLLOW =
      Setting.flag("follow", "Whether to wait for more.").orElse(false);
  private static final Setting<String> PATH = Setting.text("path", "The file to read.");
  private static final Setting<Map<String, String>> PROPERTIES =
      Setting.textMap("properties", "Settings of the client.").orElse(Map.of());

  private static final Setting<List<ComponentSpec>> INSIDE =
      ComponentList.setting(
          "layers", "list of layers", TestVocabulary::layers, "The layers inside.");

  private TestVocabulary() {}

  static Vocabulary vocabulary() {
    return new Vocabulary(
        new Variants<>(
            "source",
            List.of(
                variant(
                    "kafka",
                    Setting.text("topic", "The topic to read."),
                    PROPERTIES,
                    RegistrySettings.REGISTRY),
                new Variant<>("file", "A file.", List.of(PATH, FOLLOW), TestVocabulary::file))),
        Masking.variants(),
        Transforms.variants(),
        layers(),
        Losses.variants(),
        new Variants<>("optimizer", List.of(variant("sgd", RATE), variant("ftrl", RATE))),
        Schedules.variants());
  }

  private static Variants<Layer> layers() {
    return new Variants<>(
        "layer",
        List.of(
            layer("dense", UNITS, INPUT),
            layer("relu"),
            layer("linear", INPUT),
            layer("residual", INSIDE)));
  }

  static JobSpec read(String text, String... overrides) {
    return JobFile.parse(vocabulary(), "job.yaml", text, List.of(overrides), DIRECTORY);
  }

  private static Object file(Settings settings) {
    if (settings.value(FOLLOW) && settings.value(PATH).endsWith(".gz")) {
      throw new InvalidSettingException("follow", "true does not go with .gz. Remove it.");
    }
    return settings;
  }

  private static Variant<Layer> layer(String name, Setting<?>... settings) {
    Function<Settings, Layer> create = checked -> (scope, input) -> input;
    return new Variant<>(name, "A " + name + ".", List.of(settings), create);
  }

  private static Variant<Object> variant(String name, Setting<?>... settings) {
    Function<Settings, Object> create = checked -> checked;
    return new Variant<>(name, "A " + name + ".", List.of(settings), create);
  }
}
