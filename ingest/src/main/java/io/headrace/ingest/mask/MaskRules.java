package io.headrace.ingest.mask;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Variant;
import io.headrace.engine.config.Variants;
import io.headrace.engine.error.InvalidSettingException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The rules that a job file can name. */
final class MaskRules {
  /** Its rule is no {@link FieldRule}; see {@link Unreadable}. */
  static final String UNREADABLE = "unreadable";

  private static final Setting<List<String>> FIELDS =
      Setting.texts(
          "fields",
          "Dotted names of the fields; of a record, all that is in it. Of VW lines namespaces and tag; of"
              + " LIBSVM lines label and indices; of text label and text; of images label and file.");
  private static final Setting<String> KEY =
      Setting.text(
          "key",
          "Where the secret key is, env:NAME or file:PATH, at least 16 bytes. A path starts at the job"
              + " file's directory. Whoever has the key can find out whose a pseudonym is.");
  private static final Setting<String> WITH =
      Setting.text("with", "The text that stands in the place of every value.").orElse("***");
  private static final Setting<Integer> KEEP_LAST =
      Setting.integer(
              "keep-last", 0, 16, "Characters at the end that stay, of values twice as long.")
          .orElse(0);
  private static final Setting<Double> WIDTH =
      Setting.number("width", 1e-9, 1e15, "Numbers are rounded down to a multiple of this.");
  private static final Setting<String> SUBJECT =
      Setting.text(
          "subject", "Name of the field that says whose times they are, before it is masked.");
  private static final Setting<Integer> DAYS =
      Setting.integer("days", 1, 3650, "Most days that times are moved by, back or forth.")
          .orElse(30);
  private static final Setting<List<String>> ANY_FIELDS =
      Setting.texts("fields", "Dotted names of the fields to look into; without it, all.")
          .orElse(List.of());
  private static final Setting<List<String>> KINDS =
      Setting.texts("kinds", "What to look for: email, card, phone, ip, national-id.")
          .orElse(Detector.ALL.stream().map(Detector::code).sorted().toList());
  private static final Setting<String> ACTION =
      Setting.choice(
              "action",
              List.of("replace", "mask", "reject"),
              "replace: the name of its kind, such as <email>, stands in its place. mask: letters and"
                  + " digits become stars. reject: the record is not learned from, and its dead letter"
                  + " is as with replace. A number in which something is found is dropped.")
          .orElse("replace");
  static final Setting<String> KEPT =
      Setting.choice(
              "keep",
              List.of("nothing", "detected"),
              "nothing: such a dead letter has no bytes, no key and no headers. detected: it has them as"
                  + " text in which all kinds of detect are replaced; bytes that are no UTF-8 are left"
                  + " out.")
          .orElse("nothing");

  private static final Variants<Source> VARIANTS =
      new Variants<>(
          "rule",
          List.of(
              new Variant<>(
                  "drop",
                  "Leaves nothing of fields: JSON lacks them, CSV has them empty, Avro null or its type's"
                      + " zero.",
                  List.of(FIELDS),
                  settings -> keys -> new Drop(settings.value(FIELDS))),
              new Variant<>(
                  "mask",
                  "Puts one text in the place of every value; nothing is left of numbers.",
                  List.of(FIELDS, WITH, KEEP_LAST),
                  settings ->
                      keys ->
                          new Blank(
                              settings.value(FIELDS),
                              settings.value(WITH),
                              settings.value(KEEP_LAST))),
              new Variant<>(
                  "pseudonym",
                  "Puts a keyed hash (HMAC-SHA-256) in the place of each value: equal values stay equal,"
                      + " in all fields. Numbers become numbers.",
                  List.of(FIELDS, KEY),
                  settings ->
                      keys ->
                          new Pseudonym(
                              settings.value(FIELDS),
                              new KeyedHash(keys.apply(settings.value(KEY))))),
              new Variant<>(
                  "bucket",
                  "Rounds numbers down to a multiple of a width; nothing is left of what is no number.",
                  List.of(FIELDS, WIDTH),
                  settings ->
                      keys ->
                          new Bucket(
                              settings.value(FIELDS), BigDecimal.valueOf(settings.value(WIDTH)))),
              new Variant<>(
                  "date-shift",
                  "Moves dates and times by days that a key and a subject decide: the times of one subject"
                      + " keep their distances. For ISO 8601, milliseconds since 1970, and Avro's dates"
                      + " and timestamps; nothing is left of anything else.",
                  List.of(FIELDS, SUBJECT, DAYS, KEY),
                  settings ->
                      keys ->
                          new DateShift(
                              settings.value(FIELDS),
                              settings.value(SUBJECT),
                              settings.value(DAYS),
                              new KeyedHash(keys.apply(settings.value(KEY))))),
              new Variant<>(
                  "detect",
                  "Looks for personal data within texts, by its form and check digits: what has no such"
                      + " form, a name for one, is not found.",
                  List.of(ANY_FIELDS, KINDS, ACTION),
                  settings -> keys -> detect(settings)),
              new Variant<>(
                  UNREADABLE,
                  "What dead letters keep of records that are not what their format says, so that no"
                      + " field of them can be masked, and of the keys and headers of all.",
                  List.of(KEPT),
                  settings -> keys -> new Drop(List.of()))));

  private MaskRules() {}

  /** A rule of the list, which is made anew for each thread. */
  @FunctionalInterface
  interface Source {
    /**
     * Makes the rule.
     *
     * @param keys gives the bytes of a key by the place that settings name
     */
    FieldRule rule(Function<String, byte[]> keys);
  }

  static Variants<Source> variants() {
    return VARIANTS;
  }

  private static FieldRule detect(Settings settings) {
    List<String> kinds = settings.value(KINDS);
    List<String> known = Detector.ALL.stream().map(Detector::code).sorted().toList();
    for (String kind : kinds) {
      if (!known.contains(kind)) {
        throw new InvalidSettingException(
            KINDS.name(), kind + " is not one of " + String.join(", ", known) + ".");
      }
    }
    return new Detect(
        settings.value(ANY_FIELDS),
        Detector.ALL.stream().filter(d -> kinds.contains(d.code())).toList(),
        Detect.Action.valueOf(settings.value(ACTION).toUpperCase(Locale.ROOT)));
  }
}
