package io.headrace.pipeline.job;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.ingest.decode.InputMapping;
import io.headrace.ingest.decode.InputMappings;
import io.headrace.ingest.decode.LabelMapping;
import io.headrace.ingest.decode.SampleMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the {@code sample} group: how a record becomes a sample. Not thread-safe. */
final class SampleReader {
  static final String LABEL = "label";
  static final String INPUTS = "inputs";
  static final List<Setting<?>> FIELDS = List.of(SampleMapping.WEIGHT, SampleMapping.EVENT_TIME);

  private final SettingsReader settings;
  private final Problems problems;
  private final Fingerprint.Builder fingerprint;

  SampleReader(SettingsReader settings, Problems problems, Fingerprint.Builder fingerprint) {
    this.settings = settings;
    this.problems = problems;
    this.fingerprint = fingerprint;
  }

  /** The mapping; empty where something is wrong with it. */
  Optional<SampleMapping> read(String path, YamlNode.Group group) {
    List<String> keys = new ArrayList<>(List.of(LABEL, INPUTS));
    FIELDS.forEach(field -> keys.add(field.name()));
    boolean known = settings.knownKeysOnly(keys, path, group);
    Optional<List<InputMapping>> inputs = inputs(path + "." + INPUTS, group);
    Optional<LabelMapping> label = label(path + "." + LABEL, group, inputs);
    Optional<Settings> fields = settings.settings(FIELDS, path, group.only(FIELDS));
    if (!known || label.isEmpty() || inputs.isEmpty() || fields.isEmpty()) {
      return Optional.empty();
    }
    fingerprint.add(path, fields.get());
    return Optional.of(
        new SampleMapping(
            label.get(),
            fields.get().optional(SampleMapping.WEIGHT),
            fields.get().optional(SampleMapping.EVENT_TIME),
            inputs.get()));
  }

  private Optional<LabelMapping> label(
      String path, YamlNode.Group sample, Optional<List<InputMapping>> inputs) {
    Optional<YamlNode.Group> group = settings.group(path, LABEL, sample);
    Optional<Settings> read =
        group.flatMap(g -> settings.settings(LabelMapping.settings(), path, g));
    boolean lacksInputs =
        inputs.isEmpty() && group.stream().anyMatch(g -> g.value("classes-from").isPresent());
    if (group.isEmpty() || read.isEmpty() || lacksInputs) {
      return Optional.empty();
    }
    try {
      fingerprint.add(path, read.get());
      return Optional.of(LabelMapping.from(read.get(), inputs.orElse(List.of())));
    } catch (InvalidSettingException e) {
      problems.add(path, e, group.get());
      return Optional.empty();
    }
  }

  private Optional<List<InputMapping>> inputs(String path, YamlNode.Group sample) {
    Optional<YamlNode> node = sample.value(INPUTS);
    if (!(node.orElse(null) instanceof YamlNode.Group group) || group.entries().isEmpty()) {
      problems.add(
          path,
          node.isEmpty()
              ? "is missing." + EXAMPLE
              : "is " + node.get().kind() + ", not named inputs." + EXAMPLE,
          sample.placeOf(INPUTS));
      return Optional.empty();
    }
    List<InputMapping> inputs = new ArrayList<>();
    for (Map.Entry<String, YamlNode.Entry> entry : group.entries().entrySet()) {
      input(path + "." + entry.getKey(), entry.getKey(), entry.getValue()).ifPresent(inputs::add);
    }
    return inputs.size() == group.entries().size() ? Optional.of(inputs) : Optional.empty();
  }

  private static final String EXAMPLE =
      " Name at least one, e.g. inputs: {features: {sparse: {fields: [origin, hour]}}}.";

  private Optional<InputMapping> input(String path, String name, YamlNode.Entry entry) {
    Optional<ComponentSpec> spec =
        settings.component(InputMappings.variants(), path, entry.value());
    if (spec.isEmpty()) {
      return Optional.empty();
    }
    try {
      fingerprint.add(path, spec.get());
      return Optional.of(InputMappings.variants().create(spec.get()).named(name));
    } catch (InvalidSettingException e) {
      problems.add(path + "." + spec.get().name(), e, SettingsReader.inside(entry));
      return Optional.empty();
    }
  }
}
