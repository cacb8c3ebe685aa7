package io.headrace.ingest.decode;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Which field is the label, and what kind of label it is. Immutable.
 *
 * <p>Classes are told by name (text, enum symbols), by index (whole numbers from 0 on) or, where
 * there are two, by truth (false is the first, true the second). If every class name is itself a
 * whole number, numbers are taken for names.
 *
 * <p>With {@code otherwise} every value that names no class is of that class: one label against all
 * the rest. Classes are then told by name alone.
 *
 * <p>With thresholds a number is of the class whose range it lies in: of the first one below the
 * first threshold, of the second one from there on, and so on.
 *
 * @param field name of the field; dots lead into nested records; empty if records have no label
 * @param otherwise the class of values that name none
 */
public record LabelMapping(
    String field, LabelSpec spec, List<Double> thresholds, Optional<String> otherwise) {
  private static final Setting<String> FIELD =
      Setting.text("field", "Name of the field that holds the label.").orElse("label");
  private static final Setting<List<String>> CLASSES =
      Setting.texts("classes", "The names of the classes, in the order of their indices.")
          .absentByDefault();
  private static final Setting<String> CLASSES_FROM =
      Setting.text(
              "classes-from",
              "Name of a tokens input whose vocabulary names the classes, where the label is the"
                  + " next token.")
          .absentByDefault();
  private static final Setting<String> TYPE =
      Setting.choice(
              "type",
              List.of("class", "number", "count"),
              "Whether the label is one of the classes, a number to predict, or a count: a number"
                  + " of at least 0.")
          .orElse("class");

  private static final Setting<List<Double>> THRESHOLDS =
      Setting.numbers(
              "thresholds",
              -1e12,
              1e12,
              "Makes classes of numbers: where each class but the first begins, e.g. [15] for"
                  + " classes: [on-time, late].")
          .absentByDefault();

  private static final Setting<String> OTHERWISE =
      Setting.text(
              "otherwise",
              "The class of every value that names no class, e.g. attack with classes: [normal,"
                  + " attack]; without it such a record is rejected. Classes are then told by name"
                  + " alone, not by index.")
          .absentByDefault();

  public LabelMapping {
    thresholds = List.copyOf(thresholds);
  }

  /** A label whose numbers make no classes, and whose other values none. */
  public LabelMapping(String field, LabelSpec spec) {
    this(field, spec, List.of(), Optional.empty());
  }

  /** The settings of {@code label} in a job file. */
  public static List<Setting<?>> settings() {
    return List.of(FIELD, CLASSES, CLASSES_FROM, TYPE, THRESHOLDS, OTHERWISE);
  }

  /**
   * Makes the mapping from settings declared by {@link #settings}.
   *
   * @param inputs the sample's, of which one may name the classes
   * @throws InvalidSettingException if classes are missing, fewer than two, named twice, or given
   *     beside another {@code type}
   */
  public static LabelMapping from(Settings settings, List<InputMapping> inputs) {
    var classes =
        settings
            .optional(CLASSES_FROM)
            .map(input -> vocabulary(input, inputs))
            .or(() -> settings.optional(CLASSES));
    String type = settings.value(TYPE);
    if (!type.equals("class")) {
      if (classes.isPresent()) {
        throw new InvalidSettingException(
            "classes",
            classes.get() + " and type: " + type + " exclude each other. Remove one of them.");
      }
      requireThresholds(settings.optional(THRESHOLDS).orElse(List.of()), 1);
      requireOtherwise(settings, List.of());
      LabelSpec spec = type.equals("count") ? new LabelSpec.Count() : new LabelSpec.Numeric();
      return new LabelMapping(settings.value(FIELD), spec);
    }
    List<String> names =
        classes.orElseThrow(
            () ->
                new InvalidSettingException(
                    "classes",
                    "is missing. Name the classes, e.g. classes: [no, yes], or set type: number."));
    if (names.size() < 2 || new HashSet<>(names).size() < names.size()) {
      throw new InvalidSettingException(
          "classes", names + " is not a list of two or more different names.");
    }
    requireThresholds(settings.optional(THRESHOLDS).orElse(List.of()), names.size());
    requireOtherwise(settings, names);
    return new LabelMapping(
        settings.value(FIELD),
        new LabelSpec.Classes(names),
        settings.optional(THRESHOLDS).orElse(List.of()),
        settings.optional(OTHERWISE));
  }

  private static void requireThresholds(List<Double> thresholds, int classes) {
    boolean rising = thresholds.stream().sorted().distinct().toList().equals(thresholds);
    if (!thresholds.isEmpty() && (!rising || thresholds.size() != classes - 1)) {
      throw new InvalidSettingException(
          "thresholds",
          "%s is not %d rising numbers: each class but the first begins at one of them."
              .formatted(thresholds, classes - 1));
    }
  }

  private static void requireOtherwise(Settings settings, List<String> names) {
    settings
        .optional(OTHERWISE)
        .ifPresent(
            name -> {
              if (!names.contains(name)) {
                throw new InvalidSettingException(
                    "otherwise", name + " is none of the classes " + names + ".");
              }
              if (settings.optional(THRESHOLDS).isPresent()) {
                throw new InvalidSettingException(
                    "otherwise", "and thresholds exclude each other. Remove one of them.");
              }
            });
  }

  private static List<String> vocabulary(String name, List<InputMapping> inputs) {
    for (InputMapping input : inputs) {
      if (input instanceof InputMapping.Tokens tokens
          && tokens.name().equals(name)
          && !tokens.vocabulary().isEmpty()) {
        return tokens.vocabulary();
      }
    }
    throw new InvalidSettingException(
        "classes-from", name + " is not a tokens input with a vocabulary.");
  }
}
