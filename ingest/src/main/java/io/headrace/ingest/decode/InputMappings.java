package io.headrace.ingest.decode;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Variant;
import io.headrace.engine.config.Variants;
import io.headrace.engine.error.InvalidSettingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every kind of input that a job file can name under {@code sample.inputs}. */
public final class InputMappings {
  private InputMappings() {}

  /** An input's settings, still without the input's name. */
  @FunctionalInterface
  public interface Kind {
    InputMapping named(String input);
  }

  private static final Setting<List<String>> SPARSE_FIELDS =
      Setting.texts(
              "fields",
              "The fields to hash: text as categories, numbers as values. Canonical samples need none.")
          .orElse(List.of());
  private static final Setting<Integer> BITS =
      Setting.integer("bits", 10, 31, "Ids are hashed to 0 up to 2^bits.").orElse(18);
  private static final Setting<List<String>> CATEGORICAL =
      Setting.texts("categorical", "Fields whose numbers are categories, e.g. [hour, weekday].")
          .orElse(List.of());
  private static final Setting<Map<String, Double>> SCALE =
      new Setting<>(
          "scale",
          "field: number",
          Map.of(),
          false,
          "Factors for the numbers of a field, e.g. {distance: 0.001}.",
          InputMappings::factors);
  private static final Setting<List<List<String>>> CROSS =
      new Setting<>(
          "cross",
          "list of lists of text",
          List.of(),
          false,
          "Groups of fields of which each makes one more feature, e.g. [[origin, destination]].",
          InputMappings::groups);

  private static final Setting<List<String>> DENSE_FIELDS =
      Setting.texts("fields", "The fields that become one float each, in this order.")
          .absentByDefault();
  private static final Setting<String> VECTOR_FIELD =
      Setting.text(
              "field",
              "The field with the whole vector: an array of numbers, or bytes with little-endian "
                  + "32-bit floats. Without it, the input's name.")
          .absentByDefault();
  private static final Setting<Integer> LENGTH =
      Setting.integer("length", 1, Integer.MAX_VALUE, "Number of floats in the vector.")
          .absentByDefault();

  private static final Setting<String> IMAGE_FIELD =
      Setting.text("field", "The field with the image. Without it, the input's name.")
          .absentByDefault();
  private static final Setting<List<Integer>> SHAPE =
      new Setting<>(
          "shape",
          "[height, width, channels]",
          null,
          false,
          "Rows, pixels in a row, and numbers in a pixel: 1 grey, 3 red, green and blue.",
          InputMappings::lengths);

  public static Variants<Kind> variants() {
    return new Variants<>(
        "input",
        List.of(
            new Variant<>(
                "sparse",
                "Any number of (id, value) pairs, hashed from fields with MurmurHash3.",
                List.of(SPARSE_FIELDS, BITS, CATEGORICAL, SCALE, CROSS),
                InputMappings::sparse),
            new Variant<>(
                "dense",
                "A fixed number of floats: one of each of fields, or length of them in one field.",
                List.of(DENSE_FIELDS, VECTOR_FIELD, LENGTH),
                InputMappings::dense),
            new Variant<>(
                "image",
                "An image: its pixels, 0 to 255, become floats from 0 to 1.",
                List.of(IMAGE_FIELD, SHAPE),
                InputMappings::image)));
  }

  private static Kind image(Settings settings) {
    var field = settings.optional(IMAGE_FIELD);
    return name -> new InputMapping.Image(name, field.orElse(name), settings.value(SHAPE));
  }

  private static List<Integer> lengths(Object raw) {
    Setting<Integer> length = Setting.integer("shape", 1, 1 << 16, "");
    if (!(raw instanceof List<?> lengths) || lengths.size() != 3) {
      throw new IllegalArgumentException("a list of three whole numbers, e.g. [32, 32, 3]");
    }
    return lengths.stream().map(one -> length.reader().apply(one)).toList();
  }

  private static Kind sparse(Settings settings) {
    return name ->
        new InputMapping.SparseFields(
            name,
            settings.value(SPARSE_FIELDS),
            settings.value(BITS),
            settings.value(CATEGORICAL),
            settings.value(SCALE),
            settings.value(CROSS));
  }

  private static Kind dense(Settings settings) {
    var fields = settings.optional(DENSE_FIELDS);
    var vector = settings.optional(VECTOR_FIELD);
    var length = settings.optional(LENGTH);
    if (fields.isPresent() == length.isPresent() || (fields.isPresent() && vector.isPresent())) {
      throw new InvalidSettingException(
          "", "takes either fields: [a, b], or length: 24 with field: v if v is not its name.");
    }
    return name ->
        fields.isPresent()
            ? new InputMapping.DenseFields(name, fields.get())
            : new InputMapping.DenseVector(name, vector.orElse(name), length.orElseThrow());
  }

  private static Map<String, Double> factors(Object raw) {
    if (!(raw instanceof Map<?, ?> entries)) {
      throw new IllegalArgumentException("a group of fields and numbers, e.g. {distance: 0.001}");
    }
    var factors = new LinkedHashMap<String, Double>();
    entries.forEach((field, factor) -> factors.put(String.valueOf(field), factor(factor)));
    return Map.copyOf(factors);
  }

  private static double factor(Object raw) {
    try {
      double factor = Double.parseDouble(String.valueOf(raw));
      if (Double.isFinite(factor)) {
        return factor;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("made of numbers: " + raw, e);
    }
    throw new IllegalArgumentException("made of finite numbers: " + raw);
  }

  private static List<List<String>> groups(Object raw) {
    if (!(raw instanceof List<?> groups) || !groups.stream().allMatch(List.class::isInstance)) {
      throw new IllegalArgumentException("a list of lists, e.g. [[origin, destination]]");
    }
    return groups.stream()
        .map(group -> ((List<?>) group).stream().map(String::valueOf).toList())
        .toList();
  }
}
