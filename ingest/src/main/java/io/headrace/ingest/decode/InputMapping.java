package io.headrace.ingest.decode;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.InputSpec;
import io.headrace.ingest.text.TextSplit;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Which fields become one input of the model, and how. Immutable. */
public sealed interface InputMapping {
  /** The input's name in the job file. */
  String name();

  InputSpec spec();

  /**
   * Fields hashed to (id, value) pairs. The id of a number is h(field) and its value the number;
   * the id of text is h(text, seed h(field)) and its value 1; where h is MurmurHash3 x86 32 of the
   * UTF-8 bytes, seed 0 unless given, of which the low {@code bits} bits are kept. A field that is
   * null, absent or empty gives no pair.
   *
   * @param fields may be empty for canonical samples, which carry their inputs by name
   * @param bits the ids lie within 0 and 2^bits; 10 to 31
   * @param categorical those of {@code fields} whose numbers are to be taken as text
   * @param scale factors by which the numbers of a field are multiplied
   * @param cross groups of {@link #names} of which each makes one more pair: ids combined as
   *     ((16777619 id1) xor id2) and so on from left to right, values multiplied
   * @param dates parts of times, which are categories of their own
   * @param rules for numbers and missing fields: a bucket is hashed as the text of its number, and
   *     a missing field with an indicator as the empty text
   * @param byField whether each pair is to know its field: number i of {@link #names}, or behind
   *     those number i of {@code cross}
   * @param minCount how often an id has to be seen until the model takes notice of it
   */
  record SparseFields(
      String name,
      List<String> fields,
      int bits,
      List<String> categorical,
      Map<String, Double> scale,
      List<List<String>> cross,
      List<Date> dates,
      FieldRules rules,
      boolean byField,
      int minCount)
      implements InputMapping {
    /** A {@code cross} of every two of {@link #names}, in their order. */
    public static final List<List<String>> ALL_PAIRS = List.of(List.of("all"));

    private static final int MOST_NAMES_IN_PAIRS = 256;

    /** A part of the time that a field holds. */
    public record Date(String field, DatePart part) {
      /** What {@code cross} calls it. */
      public String name() {
        return field + "." + part.code();
      }
    }

    public SparseFields {
      fields = List.copyOf(fields);
      categorical = List.copyOf(categorical);
      scale = Map.copyOf(scale);
      dates = List.copyOf(dates);
      List<String> names = names(fields, dates);
      cross = cross.equals(ALL_PAIRS) ? pairs(names) : cross.stream().map(List::copyOf).toList();
      if (bits < 10 || bits > 31) {
        throw new InvalidSettingException("bits", bits + " is not within 10 to 31.");
      }
      requireKnown("categorical", categorical, fields);
      requireKnown("scale", scale.keySet().stream().sorted().toList(), fields);
      rules.check(fields, categorical, scale);
      for (List<String> group : cross) {
        requireKnown("cross", group, names);
        if (group.size() < 2) {
          throw new InvalidSettingException(
              "cross", group + " is not a group of two or more fields. Write [[origin, hour]].");
        }
      }
    }

    /** Without the fields of pairs, each id taken at once. */
    public SparseFields(
        String name,
        List<String> fields,
        int bits,
        List<String> categorical,
        Map<String, Double> scale,
        List<List<String>> cross,
        List<Date> dates,
        FieldRules rules) {
      this(name, fields, bits, categorical, scale, cross, dates, rules, false, 1);
    }

    /** Without rules for fields. */
    public SparseFields(
        String name,
        List<String> fields,
        int bits,
        List<String> categorical,
        Map<String, Double> scale,
        List<List<String>> cross,
        List<Date> dates) {
      this(name, fields, bits, categorical, scale, cross, dates, FieldRules.NONE);
    }

    /** Without parts of times. */
    public SparseFields(
        String name,
        List<String> fields,
        int bits,
        List<String> categorical,
        Map<String, Double> scale,
        List<List<String>> cross) {
      this(name, fields, bits, categorical, scale, cross, List.of());
    }

    public SparseFields(String name, List<String> fields, int bits) {
      this(name, fields, bits, List.of(), Map.of(), List.of());
    }

    /** Everything that is hashed, in order: the fields, then the parts of times. */
    public List<String> names() {
      return names(fields, dates);
    }

    private static List<String> names(List<String> fields, List<Date> dates) {
      return Stream.concat(fields.stream(), dates.stream().map(Date::name)).toList();
    }

    /**
     * The same, each pair knowing its field.
     *
     * @throws InvalidSettingException if no fields are named
     */
    SparseFields withFields() {
      if (fields.isEmpty()) {
        throw new InvalidSettingException(
            "inputs." + name + ".sparse.fields",
            "is empty, but the model (ffm, or embedding by field) needs the field of each feature."
                + " Name the fields, or the namespaces of vw lines, that it is to tell apart;"
                + " an embedding does without with pool: sum.");
      }
      return new SparseFields(
          name, fields, bits, categorical, scale, cross, dates, rules, true, minCount);
    }

    SparseFields with(FieldRules others) {
      return new SparseFields(
          name, fields, bits, categorical, scale, cross, dates, others, byField, minCount);
    }

    @Override
    public InputSpec.Sparse spec() {
      return new InputSpec.Sparse(bits, byField ? names().size() + cross.size() : 0, minCount);
    }

    private static List<List<String>> pairs(List<String> names) {
      if (names.size() < 2 || names.size() > MOST_NAMES_IN_PAIRS) {
        throw new InvalidSettingException(
            "cross",
            "all needs 2 to %d fields to make pairs of, not %d. Name them in fields, or the pairs in cross."
                .formatted(MOST_NAMES_IN_PAIRS, names.size()));
      }
      return IntStream.range(0, names.size())
          .boxed()
          .flatMap(i -> names.stream().skip(i + 1L).map(later -> List.of(names.get(i), later)))
          .toList();
    }
  }

  /** Stops if one of {@code named} is not in {@code fields}. */
  static void requireKnown(String key, List<String> named, List<String> fields) {
    for (String field : named) {
      if (!fields.contains(field)) {
        throw new InvalidSettingException(
            key, field + " is not among fields: " + String.join(", ", fields) + ".");
      }
    }
  }

  /**
   * One float of each field, in this order: numbers, booleans (0 or 1), enums (their index). Behind
   * them comes a float for each field whose absence is to be indicated, in the same order.
   */
  record DenseFields(String name, List<String> fields, FieldRules rules) implements InputMapping {
    public DenseFields {
      fields = List.copyOf(fields);
      rules.check(fields, List.of(), Map.of());
      if (rules.missing().containsValue(Missing.SKIPPED)) {
        throw new InvalidSettingException(
            "missing", "skip leaves a dense input too short. Use indicator, a number or reject.");
      }
      if (fields.isEmpty()) {
        throw new InvalidSettingException("fields", "is empty. Name one field or more.");
      }
    }

    /** Without rules for fields. */
    public DenseFields(String name, List<String> fields) {
      this(name, fields, FieldRules.NONE);
    }

    @Override
    public InputSpec.Dense spec() {
      int indicators = Collections.frequency(rules.missing().values(), Missing.INDICATED);
      return new InputSpec.Dense(List.of(fields.size() + indicators));
    }
  }

  /**
   * A vector in one field: an array of numbers, or bytes that hold little-endian 32-bit floats.
   *
   * @param length floats in it
   */
  record DenseVector(String name, String field, int length) implements InputMapping {
    public DenseVector {
      if (length < 1) {
        throw new InvalidSettingException("length", length + " is not >= 1.");
      }
    }

    @Override
    public InputSpec spec() {
      return new InputSpec.Dense(List.of(length));
    }
  }

  /**
   * Text in one field as token ids: 0 is padding, 1 a token that the vocabulary lacks, and from 2
   * on come the vocabulary's tokens in their order, or the buckets that tokens are hashed to with
   * MurmurHash3 x86 32 of their UTF-8 bytes, modulo {@code buckets}. A vocabulary that grows gives
   * each token the next id when the stream brings it for the first time.
   *
   * @param vocabulary empty if tokens are hashed, or if it grows
   * @param buckets 0 if there is a vocabulary
   * @param length most tokens of a sample
   * @param keepTail whether of longer texts the last tokens stay, not the first
   * @param growth of the vocabulary; empty if it does not grow
   */
  record Tokens(
      String name,
      String field,
      TextSplit split,
      List<String> vocabulary,
      int buckets,
      int length,
      boolean keepTail,
      Optional<Growth> growth)
      implements InputMapping {
    static final int MOST_KNOWN = 200_000;

    /** The id of a token that is not in the vocabulary. */
    public static final int UNKNOWN = 1;

    static final int FIRST = 2;

    public Tokens {
      vocabulary = List.copyOf(vocabulary);
      boolean fixed = !vocabulary.isEmpty() || buckets > 0;
      if (fixed == growth.isPresent() || (!vocabulary.isEmpty() && buckets > 0)) {
        throw new InvalidSettingException(
            "vocabulary", "has no tokens, and there are no buckets to hash them to.");
      }
      if (vocabulary.size() > MOST_KNOWN) {
        throw new InvalidSettingException(
            "vocabulary",
            "has %d tokens, more than %d. Take the most frequent ones, or hash them with buckets."
                .formatted(vocabulary.size(), MOST_KNOWN));
      }
      if (buckets > 0 && split == TextSplit.BYTE_PAIRS) {
        throw new InvalidSettingException(
            "buckets", buckets + " cannot stand for byte pairs, which come of a vocabulary.");
      }
      if (growth.isPresent() && split == TextSplit.BYTE_PAIRS) {
        throw new InvalidSettingException(
            "vocabulary",
            "cannot grow by byte pairs, which a whole text is needed to learn. Set split to words"
                + " or characters, or use learn-from.");
      }
    }

    /** An input whose vocabulary, if it has one, does not grow. */
    public Tokens(
        String name,
        String field,
        TextSplit split,
        List<String> vocabulary,
        int buckets,
        int length,
        boolean keepTail) {
      this(name, field, split, vocabulary, buckets, length, keepTail, Optional.empty());
    }

    /** The id of the vocabulary's token {@code number}, or of an unknown one if that is below 0. */
    static int id(int number) {
      return number < 0 ? UNKNOWN : FIRST + number;
    }

    Tokens with(Growth growing) {
      return new Tokens(
          name, field, split, vocabulary, buckets, length, keepTail, Optional.of(growing));
    }

    /** The id of each token in the vocabulary. */
    public Map<String, Integer> ids() {
      Map<String, Integer> ids = new HashMap<>();
      for (int i = 0; i < vocabulary.size(); i++) {
        ids.putIfAbsent(vocabulary.get(i), FIRST + i);
      }
      return ids;
    }

    @Override
    public InputSpec spec() {
      int grown = growth.map(Growth::capacity).orElse(0);
      return new InputSpec.Tokens(
          length, FIRST + Math.max(grown, Math.max(vocabulary.size(), buckets)));
    }
  }

  /**
   * An image whose pixels, 0 to 255, become floats from 0 to 1: each is divided by 255. They come
   * as bytes, or as an array of numbers, row after row from the top with a pixel's channels
   * together; {@code cifar10} lays channels out apart and is turned round.
   *
   * @param shape height, width, channels
   */
  record Image(String name, String field, List<Integer> shape) implements InputMapping {
    public Image {
      shape = List.copyOf(shape);
      long elements = shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
      boolean positive = shape.stream().allMatch(length -> length > 0 && length <= 1 << 16);
      if (shape.size() != 3 || !positive || elements > 1 << 28) {
        throw new InvalidSettingException(
            "shape", shape + " is not height, width and channels. Write for example [32, 32, 3].");
      }
    }

    @Override
    public InputSpec.Dense spec() {
      return new InputSpec.Dense(shape);
    }
  }
}
