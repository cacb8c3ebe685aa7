package io.headrace.ingest.decode;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Suggestion;
import io.headrace.engine.config.Variant;
import io.headrace.engine.config.Variants;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.InputSpec;
import io.headrace.ingest.text.TextSplit;
import io.headrace.ingest.text.VocabularyLearner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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
          "list of lists of text, or all",
          List.of(),
          false,
          "Groups of fields, or of namespaces of vw lines, of which each makes one more feature,"
              + " e.g. [[origin, destination]]; all makes one of every two of fields.",
          InputMappings::groups);

  private static final Setting<List<InputMapping.SparseFields.Date>> DATE_PARTS =
      new Setting<List<InputMapping.SparseFields.Date>>(
              "date-parts",
              "field: list of " + String.join(" | ", DatePart.codes()),
              List.of(),
              false,
              "Parts of the time that a field holds, each a category of its own; cross calls them"
                  + " FIELD.PART. Times are those that event-time takes; date is the one day.",
              InputMappings::dates)
          .absentByDefault();

  private static final Setting<Integer> SEEN =
      Setting.integer(
              "min-count",
              1,
              InputSpec.Sparse.MOST_COUNTED,
              "A feature takes part only once it was seen so often in samples to learn from, this"
                  + " time included; before, samples are as if they lacked it. Counted by id, in"
                  + " the order of the stream; checkpoints keep a byte for each.")
          .absentByDefault();

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

  private static final Setting<String> TEXT_FIELD =
      Setting.text("field", "The field with the text. Without it, the input's name.")
          .absentByDefault();
  private static final Setting<String> SPLIT =
      Setting.choice(
              "split",
              TextSplit.codes(),
              "What text is cut into: words in lower case, characters, or byte pairs, which are"
                  + " pieces of words.")
          .orElse(TextSplit.WORDS.code());
  private static final Setting<Integer> TOKENS =
      Setting.integer("length", 1, 1 << 20, "Most tokens of a sample; shorter ones are padded.");
  private static final Setting<String> KEEP =
      Setting.choice("keep", List.of("head", "tail"), "Which part of a longer text stays.")
          .orElse("head");
  private static final Setting<KnownTokens> VOCABULARY =
      new Setting<>(
          "vocabulary",
          "list of text, or grow",
          null,
          true,
          "The known tokens, in the order of their ids, which begin at 2: 0 is padding and 1 any"
              + " other token. A checkpoint's job has here what was learned or read. With grow, each"
              + " token that the stream brings for the first time gets the next id, until there are"
              + " vocabulary-size of them; checkpoints keep them.",
          KnownTokens::read);
  private static final Setting<Integer> BUCKETS =
      Setting.integer(
              "buckets", 1, 1 << 28, "Instead of a vocabulary: tokens are hashed to so many ids.")
          .absentByDefault();

  /** Where a vocabulary is read from when a job starts. */
  public static final Setting<String> VOCABULARY_FILE =
      Setting.text("vocabulary-file", "A file with one token a line, in the order of their ids.")
          .absentByDefault();

  /** What a vocabulary is learned from when a job starts. */
  public static final Setting<String> LEARN_FROM =
      Setting.text(
              "learn-from",
              "A text file, a folder or a glob such as train/*/*.txt, of which the vocabulary is"
                  + " learned when the job starts. Checkpoints keep it.")
          .absentByDefault();

  private static final Setting<Integer> VOCABULARY_SIZE =
      Setting.integer(
              "vocabulary-size",
              1,
              InputMapping.Tokens.MOST_KNOWN,
              "Most tokens to learn, those met most often; with vocabulary: grow, those met first.")
          .orElse(20_000);
  private static final Setting<Integer> MIN_COUNT =
      Setting.integer("min-count", 1, Integer.MAX_VALUE, "Tokens met less often are not learned.")
          .orElse(1);

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
                List.of(
                    SPARSE_FIELDS,
                    BITS,
                    CATEGORICAL,
                    FieldRules.LOG,
                    SCALE,
                    FieldRules.BUCKET,
                    FieldRules.MISSING,
                    CROSS,
                    DATE_PARTS,
                    SEEN),
                InputMappings::sparse),
            new Variant<>(
                "dense",
                "A fixed number of floats: one of each of fields, or length of them in one field.",
                List.of(
                    DENSE_FIELDS, FieldRules.LOG, FieldRules.DENSE_MISSING, VECTOR_FIELD, LENGTH),
                InputMappings::dense),
            new Variant<>(
                "tokens",
                "Text as a sequence of token ids; takes one of vocabulary, vocabulary-file,"
                    + " learn-from and buckets.",
                List.of(
                    TEXT_FIELD,
                    SPLIT,
                    TOKENS,
                    KEEP,
                    LEARN_FROM,
                    VOCABULARY_SIZE,
                    MIN_COUNT,
                    VOCABULARY_FILE,
                    VOCABULARY,
                    BUCKETS),
                InputMappings::tokens),
            new Variant<>(
                "image",
                "An image: its pixels, 0 to 255, become floats from 0 to 1.",
                List.of(IMAGE_FIELD, SHAPE),
                InputMappings::image)));
  }

  private static Kind tokens(Settings settings) {
    var origins =
        Stream.of(LEARN_FROM, VOCABULARY_FILE, BUCKETS)
            .filter(s -> settings.optional(s).isPresent());
    boolean listed = settings.optional(VOCABULARY).isPresent();
    long given = origins.count();
    if (given > 1
        || (given == 0 && !listed)
        || (listed && settings.optional(BUCKETS).isPresent())) {
      throw new InvalidSettingException(
          "", "takes one of learn-from, vocabulary-file, vocabulary and buckets.");
    }
    KnownTokens known = settings.optional(VOCABULARY).orElse(KnownTokens.NONE);
    if (known.grow() && given > 0) {
      throw new InvalidSettingException(
          "vocabulary", "grows from nothing, and does not go with learn-from or vocabulary-file.");
    }
    TextSplit split = TextSplit.of(settings.value(SPLIT));
    return name ->
        new InputMapping.Tokens(
            name,
            settings.optional(TEXT_FIELD).orElse(name),
            split,
            known.tokens(),
            settings.optional(BUCKETS).orElse(0),
            settings.value(TOKENS),
            settings.value(KEEP).equals("tail"),
            known.grow()
                ? Optional.of(new Growth(settings.value(VOCABULARY_SIZE)))
                : Optional.empty());
  }

  /**
   * A learner with the settings of a {@code tokens} input, to be given the texts of {@link
   * #LEARN_FROM}.
   */
  public static VocabularyLearner learner(Settings settings) {
    return new VocabularyLearner(TextSplit.of(settings.value(SPLIT)));
  }

  /** What {@code learner} has learned, as much as the settings ask for. */
  public static List<String> learned(Settings settings, VocabularyLearner learner) {
    return learner.vocabulary(settings.value(VOCABULARY_SIZE), settings.value(MIN_COUNT));
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
            settings.value(CROSS),
            settings.optional(DATE_PARTS).orElse(List.of()),
            FieldRules.ofSparse(settings),
            false,
            settings.optional(SEEN).orElse(1));
  }

  private static Kind dense(Settings settings) {
    var fields = settings.optional(DENSE_FIELDS);
    var vector = settings.optional(VECTOR_FIELD);
    var length = settings.optional(LENGTH);
    if (fields.isPresent() == length.isPresent() || (fields.isPresent() && vector.isPresent())) {
      throw new InvalidSettingException(
          "", "takes either fields: [a, b], or length: 24 with field: v if v is not its name.");
    }
    FieldRules rules = FieldRules.ofDense(settings);
    if (fields.isEmpty() && !rules.equals(FieldRules.NONE)) {
      throw new InvalidSettingException(
          "fields", "is needed by log and missing, which are rules for single fields.");
    }
    return name ->
        fields.isPresent()
            ? new InputMapping.DenseFields(name, fields.get(), rules)
            : new InputMapping.DenseVector(name, vector.orElse(name), length.orElseThrow());
  }

  private static Map<String, Double> factors(Object raw) {
    return FieldRules.perField(
        raw, "{distance: 0.001}", factor -> FieldRules.finite(factor, "numbers"));
  }

  private static List<InputMapping.SparseFields.Date> dates(Object raw) {
    if (!(raw instanceof Map<?, ?> entries)) {
      throw new IllegalArgumentException("a group of fields and parts, e.g. {departure: [hour]}");
    }
    var dates = new ArrayList<InputMapping.SparseFields.Date>();
    entries.forEach(
        (field, parts) -> {
          for (Object part : parts instanceof List<?> several ? several : List.of(parts)) {
            var date = new InputMapping.SparseFields.Date(String.valueOf(field), part(part));
            if (dates.contains(date)) {
              throw new IllegalArgumentException("made of different parts: " + date.name());
            }
            dates.add(date);
          }
        });
    return List.copyOf(dates);
  }

  private static DatePart part(Object raw) {
    String code = String.valueOf(raw);
    if (!DatePart.codes().contains(code)) {
      throw new IllegalArgumentException(
          "made of parts of a time: " + code + ". " + Suggestion.nearest(code, DatePart.codes()));
    }
    return DatePart.of(code);
  }

  private static List<List<String>> groups(Object raw) {
    if ("all".equals(raw)) {
      return InputMapping.SparseFields.ALL_PAIRS;
    }
    if (!(raw instanceof List<?> groups) || !groups.stream().allMatch(List.class::isInstance)) {
      throw new IllegalArgumentException("all, or a list of lists, e.g. [[origin, destination]]");
    }
    return groups.stream()
        .map(group -> ((List<?>) group).stream().map(String::valueOf).toList())
        .toList();
  }
}
