package io.headrace.ingest.decode;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.error.InvalidSettingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What is done with the numbers of fields before they become features, and with fields that are
 * missing. Immutable.
 *
 * @param log fields whose numbers x become sign(x) ln(1 + |x|)
 * @param bucket fields whose numbers become categories: the number of a bucket
 * @param missing what becomes of samples without a field; fields that are not in it follow the
 *     input's own rule
 */
public record FieldRules(
    List<String> log, Map<String, Buckets> bucket, Map<String, Missing> missing) {
  public static final FieldRules NONE = new FieldRules(List.of(), Map.of(), Map.of());

  static final Setting<List<String>> LOG =
      Setting.texts(
              "log",
              "Fields whose numbers x become sign(x) ln(1 + |x|), for amounts that differ by orders"
                  + " of magnitude; scale comes after it.")
          .absentByDefault();

  static final Setting<Map<String, Buckets>> BUCKET =
      new Setting<Map<String, Buckets>>(
              "bucket",
              "field: " + String.join(" | ", Buckets.FORMS),
              Map.of(),
              false,
              "Fields whose numbers become categories, each a bucket of its own: between edges, of equal"
                  + " width from 0 on, with log2 one for each power of two and sign, or n that hold"
                  + " equally many each of the first m numbers that the stream brings (m: 10000"
                  + " unless given), between borders that never move after them.",
              raw -> perField(raw, "{distance: {edges: [100, 500]}}", Buckets::read))
          .absentByDefault();

  static final Setting<Map<String, Missing>> MISSING =
      new Setting<Map<String, Missing>>(
              "missing",
              "field: reject | skip | indicator | number",
              Map.of(),
              false,
              "What becomes of a sample without the field (null, absent or empty): it is rejected, the"
                  + " field gives no feature (what happens unless this says otherwise), a feature says"
                  + " that it is missing, or the field is taken to hold the number.",
              raw -> perField(raw, "{distance: indicator}", Missing::read))
          .absentByDefault();

  static final Setting<Map<String, Missing>> DENSE_MISSING =
      new Setting<Map<String, Missing>>(
              "missing",
              "field: reject | indicator | number",
              Map.of(),
              false,
              "What becomes of a sample without the field (null, absent or empty): it is rejected (what"
                  + " happens unless this says otherwise), or the field is taken to hold the number, or"
                  + " 0 with indicator, which also appends one more float behind those of fields: 1 if"
                  + " it is missing, else 0.",
              raw -> perField(raw, "{distance: indicator}", Missing::read))
          .absentByDefault();

  public FieldRules {
    log = List.copyOf(log);
    bucket = Map.copyOf(bucket);
    missing = Map.copyOf(missing);
  }

  static FieldRules ofSparse(Settings settings) {
    return new FieldRules(
        settings.optional(LOG).orElse(List.of()),
        settings.optional(BUCKET).orElse(Map.of()),
        settings.optional(MISSING).orElse(Map.of()));
  }

  static FieldRules ofDense(Settings settings) {
    return new FieldRules(
        settings.optional(LOG).orElse(List.of()),
        Map.of(),
        settings.optional(DENSE_MISSING).orElse(Map.of()));
  }

  /**
   * {@code number} as {@link #log} makes it: defined everywhere, the same for x and -x but sign.
   */
  static double logarithm(double number) {
    return Math.copySign(Math.log1p(Math.abs(number)), number);
  }

  /** Whether the borders of buckets are learned of the stream. */
  public boolean learns() {
    return bucket.values().stream().anyMatch(Buckets.Quantiles.class::isInstance);
  }

  /** The same with other buckets. */
  FieldRules withBuckets(Map<String, Buckets> others) {
    return new FieldRules(log, others, missing);
  }

  /**
   * Stops if a field that has a rule is not in {@code fields}, or has rules that exclude others.
   */
  void check(List<String> fields, List<String> categorical, Map<String, Double> scale) {
    InputMapping.requireKnown("log", log, fields);
    InputMapping.requireKnown("bucket", bucket.keySet().stream().sorted().toList(), fields);
    InputMapping.requireKnown("missing", missing.keySet().stream().sorted().toList(), fields);
    for (String field : log) {
      requireOneUse("log", field, bucket.containsKey(field), "bucket");
      requireOneUse("log", field, categorical.contains(field), "categorical");
    }
    for (String field : bucket.keySet()) {
      requireOneUse("bucket", field, scale.containsKey(field), "scale");
      requireOneUse("bucket", field, categorical.contains(field), "categorical");
    }
  }

  private static void requireOneUse(String key, String field, boolean both, String other) {
    if (both) {
      throw new InvalidSettingException(
          key,
          "%s is in %s as well, which makes no difference any more. Remove it from one of them."
              .formatted(field, other));
    }
  }

  /** A finite number; {@code expected} is what the message of the exception asks for. */
  static double finite(Object raw, String expected) {
    try {
      double number = Double.parseDouble(String.valueOf(raw));
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("made of " + expected + ": " + raw, e);
    }
    throw new IllegalArgumentException("made of finite numbers: " + raw);
  }

  /** A group with one entry for each field. */
  static <T> Map<String, T> perField(Object raw, String example, Function<Object, T> reader) {
    if (!(raw instanceof Map<?, ?> entries)) {
      throw new IllegalArgumentException("a group with an entry for each field, e.g. " + example);
    }
    var read = new LinkedHashMap<String, T>();
    entries.forEach((field, rule) -> read.put(String.valueOf(field), reader.apply(rule)));
    return Map.copyOf(read);
  }
}
