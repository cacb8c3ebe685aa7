package io.headrace.engine.config;

import io.headrace.engine.error.InvalidSettingException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One declared setting of a component: its name in the job file, type, default, bounds and meaning.
 * Immutable.
 *
 * @param name the key in the job file, lower case with dashes, units in the name ({@code
 *     linger-ms})
 * @param type what a value looks like, for the configuration reference
 * @param defaultValue the value when the key is absent; null makes the setting required unless
 *     {@code optional}
 * @param optional whether the key may be absent though it has no default
 * @param doc what it does, in one sentence that ends with a full stop
 * @param reader turns a raw value (String, Boolean, Long, Double, List, Map) into a {@code T};
 *     throws {@link IllegalArgumentException} whose message completes "VALUE is not ..."
 */
public record Setting<T>(
    String name,
    String type,
    @Nullable T defaultValue,
    boolean optional,
    String doc,
    Function<Object, T> reader) {

  public static Setting<Integer> integer(String name, int min, int max, String doc) {
    String type = "integer, " + bounds(min, max);
    return new Setting<>(name, type, null, false, doc, raw -> (int) wholeNumber(raw, min, max));
  }

  public static Setting<Long> longInteger(String name, long min, long max, String doc) {
    String type = "integer, " + bounds(min, max);
    return new Setting<>(name, type, null, false, doc, raw -> wholeNumber(raw, min, max));
  }

  /** A number within {@code min} and {@code max}, both included. */
  public static Setting<Double> number(String name, double min, double max, String doc) {
    String type = "number, " + min + " to " + max;
    return new Setting<>(name, type, null, false, doc, raw -> realNumber(raw, min, max));
  }

  /** A list of numbers, each within {@code min} and {@code max}, both included. */
  public static Setting<List<Double>> numbers(String name, double min, double max, String doc) {
    String type = "list of numbers, " + min + " to " + max;
    return new Setting<>(name, type, null, false, doc, raw -> realNumbers(raw, min, max));
  }

  public static Setting<Boolean> flag(String name, String doc) {
    return new Setting<>(name, "true or false", null, false, doc, Setting::trueOrFalse);
  }

  public static Setting<String> text(String name, String doc) {
    return new Setting<>(name, "text", null, false, doc, Setting::scalarText);
  }

  public static Setting<String> choice(String name, List<String> choices, String doc) {
    String type = String.join(" | ", choices);
    return new Setting<>(name, type, null, false, doc, raw -> oneOf(scalarText(raw), choices));
  }

  public static Setting<List<String>> texts(String name, String doc) {
    return new Setting<>(name, "list of text", null, false, doc, Setting::textList);
  }

  /** Free keys with scalar values, passed on as they are. */
  public static Setting<Map<String, String>> textMap(String name, String doc) {
    return new Setting<>(name, "any keys", null, false, doc, Setting::textEntries);
  }

  public Setting<T> orElse(T value) {
    return new Setting<>(name, type, value, false, doc, reader);
  }

  /** The same setting, absent by default. Read it with {@link Settings#optional}. */
  public Setting<T> absentByDefault() {
    return new Setting<>(name, type, null, true, doc, reader);
  }

  /**
   * Reads a raw value.
   *
   * @throws InvalidSettingException if it does not fit
   */
  public T read(Object raw) {
    try {
      return reader.apply(raw);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(name, raw + " is not " + e.getMessage() + ". " + doc);
    }
  }

  private static String bounds(long min, long max) {
    if (max == Integer.MAX_VALUE || max == Long.MAX_VALUE) {
      return ">= " + min;
    }
    return min + " to " + max;
  }

  private static long wholeNumber(Object raw, long min, long max) {
    long value =
        switch (raw) {
          case Integer i -> i;
          case Long l -> l;
          case String s when s.matches("[+-]?[0-9_]{1,18}") -> Long.parseLong(s.replace("_", ""));
          default -> throw new IllegalArgumentException("a whole number");
        };
    if (value < min || value > max) {
      String range = bounds(min, max);
      throw new IllegalArgumentException(range.startsWith(">") ? range : "within " + range);
    }
    return value;
  }

  private static double realNumber(Object raw, double min, double max) {
    double value;
    try {
      value = Double.parseDouble(scalarText(raw));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a number", e);
    }
    if (!(value >= min && value <= max)) {
      throw new IllegalArgumentException("within " + min + " to " + max);
    }
    return value;
  }

  private static List<Double> realNumbers(Object raw, double min, double max) {
    if (!(raw instanceof List<?> values)) {
      throw new IllegalArgumentException("a list of numbers, e.g. [1, 2.5]");
    }
    return values.stream().map(value -> realNumber(value, min, max)).toList();
  }

  private static Boolean trueOrFalse(Object raw) {
    return switch (scalarText(raw)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("true or false");
    };
  }

  private static String scalarText(Object raw) {
    return switch (raw) {
      case String s -> s;
      case Number n -> n.toString();
      case Boolean b -> b.toString();
      default -> throw new IllegalArgumentException("a single value");
    };
  }

  private static String oneOf(String value, List<String> choices) {
    if (!choices.contains(value)) {
      throw new IllegalArgumentException("one of " + String.join(", ", choices));
    }
    return value;
  }

  private static List<String> textList(Object raw) {
    if (!(raw instanceof List<?> values)) {
      throw new IllegalArgumentException("a list, e.g. [a, b]");
    }
    return values.stream().map(Setting::scalarText).toList();
  }

  private static Map<String, String> textEntries(Object raw) {
    if (!(raw instanceof Map<?, ?> entries)) {
      throw new IllegalArgumentException("a group of keys");
    }
    var texts = new java.util.TreeMap<String, String>();
    entries.forEach(
        (key, value) -> texts.put(String.valueOf(key), scalarText(String.valueOf(value))));
    return Map.copyOf(texts);
  }
}
