package io.headrace.pipeline.job;

import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Variant;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.ingest.decode.InputMappings;
import io.headrace.ingest.file.TextFiles;
import io.headrace.ingest.text.VocabularyLearner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Puts into a job the vocabularies that its inputs learn or read from files, so that the job, and
 * every checkpoint with it, stands without those files. Inputs that have their vocabulary keep it.
 */
final class LearnedVocabularies {
  private static final String KIND = "tokens";
  private static final String VOCABULARY = "vocabulary";

  private LearnedVocabularies() {}

  /**
   * The job with all vocabularies in it. What is wrong with an input's settings is left for the
   * reader of the job to tell.
   *
   * @throws io.headrace.engine.error.HeadraceException if a file is missing or cannot be read
   */
  static YamlNode.Group putInto(YamlNode.Group job, Path baseDirectory) {
    return inside(job, "sample", s -> inside(s, "inputs", i -> inputs(i, baseDirectory)));
  }

  private static YamlNode.Group inputs(YamlNode.Group inputs, Path baseDirectory) {
    YamlNode.Group all = inputs;
    for (String name : inputs.entries().keySet()) {
      all = inside(all, name, input -> inside(input, KIND, t -> tokens(t, baseDirectory)));
    }
    return all;
  }

  private static YamlNode.Group tokens(YamlNode.Group input, Path baseDirectory) {
    Optional<Settings> settings = settings(input);
    if (settings.isEmpty() || input.value(VOCABULARY).isPresent()) {
      return input;
    }
    List<String> tokens = new ArrayList<>();
    settings
        .get()
        .optional(InputMappings.LEARN_FROM)
        .ifPresent(path -> tokens.addAll(learned(settings.get(), path, baseDirectory)));
    settings
        .get()
        .optional(InputMappings.VOCABULARY_FILE)
        .ifPresent(path -> TextFiles.read(baseDirectory, path, text -> addLines(text, tokens)));
    Place place = input.place();
    List<YamlNode> nodes = new ArrayList<>();
    tokens.forEach(token -> nodes.add(new YamlNode.Scalar(token, place)));
    return tokens.isEmpty() ? input : input.with(VOCABULARY, new YamlNode.Items(nodes, place));
  }

  private static List<String> learned(Settings settings, String path, Path baseDirectory) {
    VocabularyLearner learner = InputMappings.learner(settings);
    TextFiles.read(baseDirectory, path, learner::read);
    return InputMappings.learned(settings, learner);
  }

  private static void addLines(byte[] text, List<String> tokens) {
    new String(text, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isEmpty())
        .forEach(tokens::add);
  }

  /** The settings, if they are sound by themselves and together. */
  private static Optional<Settings> settings(YamlNode.Group input) {
    Variant<InputMappings.Kind> kind = InputMappings.variants().named(KIND);
    Map<String, Object> raw = new LinkedHashMap<>();
    input
        .entries()
        .keySet()
        .forEach(k -> input.value(k).ifPresent(v -> raw.put(k, YamlNode.raw(v))));
    try {
      Settings settings = Settings.of(kind.settings(), raw);
      return Optional.of(settings).filter(sound -> kind.create().apply(sound) != null);
    } catch (InvalidSettingException e) {
      return Optional.empty();
    }
  }

  /** Changes the group behind {@code key}, if there is one. */
  private static YamlNode.Group inside(
      YamlNode.Group outer, String key, UnaryOperator<YamlNode.Group> change) {
    YamlNode.Entry entry = outer.entries().get(key);
    if (entry == null || !(entry.value() instanceof YamlNode.Group group)) {
      return outer;
    }
    var entries = new LinkedHashMap<>(outer.entries());
    entries.put(key, new YamlNode.Entry(entry.place(), change.apply(group)));
    return new YamlNode.Group(entries, outer.place());
  }
}
