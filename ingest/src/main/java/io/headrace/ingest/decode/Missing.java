package io.headrace.ingest.decode;

/**
 * What becomes of a sample that lacks a field: null, absent or empty. Immutable.
 *
 * @param value what the field is taken to hold, for {@link Rule#VALUE}
 */
public record Missing(Rule rule, double value) {
  /** The kinds of answers. */
  public enum Rule {
    /** The sample is rejected. */
    REJECT,
    /** The field gives no feature. */
    SKIP,
    /** One more feature says that the field is missing. */
    INDICATOR,
    /** The field is taken to hold a number. */
    VALUE
  }

  public static final Missing REJECTED = new Missing(Rule.REJECT, 0);
  public static final Missing SKIPPED = new Missing(Rule.SKIP, 0);
  public static final Missing INDICATED = new Missing(Rule.INDICATOR, 0);

  /** The field is taken to hold {@code number}, which is finite. */
  public static Missing value(double number) {
    return new Missing(Rule.VALUE, number);
  }

  /**
   * The answer that a job file names.
   *
   * @throws IllegalArgumentException with what is expected, for anything else
   */
  static Missing read(Object raw) {
    String code = String.valueOf(raw);
    return switch (code) {
      case "reject" -> REJECTED;
      case "skip" -> SKIPPED;
      case "indicator" -> INDICATED;
      default -> value(FieldRules.finite(code, "reject, skip, indicator or a number"));
    };
  }
}
