package io.headrace.ingest.decode;

import io.headrace.engine.sample.SparseColumn;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.text.ByteScan;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of Vowpal Wabbit's text format, taken apart: {@code label importance 'tag|namespace:scale
 * name name:value name:text |...}. Features are hashed as Vowpal Wabbit does: a namespace's name
 * with seed 0, a feature's name with its namespace's hash, a text behind it with that; a name of
 * digits is a number that is added to the seed; features without a name are counted. Those with the
 * value 0 are left out. Not thread-safe; it holds the line last read.
 */
final class VwLine {
  /** A namespace that no input names. */
  private static final int OTHER = -1;

  private final List<String> namespaces;
  private final byte[][] names;
  private final FieldValues values;
  private final boolean hashAll;
  private final NumberScan number = new NumberScan();
  private int[] featureNamespaces = new int[64];
  private int[] hashes = new int[64];
  private float[] featureValues = new float[64];
  private int features;

  private byte[] bytes = {};
  private int start;
  private int at;
  private int end;
  private int namespace;
  private int namespaceHash;
  private double scale;
  private int unnamed;

  /**
   * @param namespaces that are told apart, by their index
   * @param values get label and weight
   * @param hashAll whether names of digits are hashed as all others are
   */
  VwLine(List<String> namespaces, FieldValues values, boolean hashAll) {
    this.namespaces = List.copyOf(namespaces);
    this.values = values;
    this.hashAll = hashAll;
    names =
        namespaces.stream()
            .map(name -> name.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
  }

  List<String> namespaces() {
    return namespaces;
  }

  /** Number of features. */
  int features() {
    return features;
  }

  /** Index of the namespace of feature {@code i}; negative for one that nobody named. */
  int namespace(int i) {
    return featureNamespaces[i];
  }

  /** Hash of feature {@code i}, not yet cut to the bits of an input. */
  int hash(int i) {
    return hashes[i];
  }

  float value(int i) {
    return featureValues[i];
  }

  /** Adds all features to {@code to}, their hashes cut by {@code mask}. */
  void addAll(int mask, SparseColumn to) {
    to.add(hashes, featureValues, features, mask);
  }

  /** Reads a line; returns what is wrong with it, or null. */
  @Nullable Fault read(byte[] from, int first, int to) {
    bytes = from;
    start = first;
    at = first;
    end = to;
    features = 0;
    int bar = ByteScan.find(bytes, start, end, '|');
    if (bar == end) {
      return malformed("there is no | before its features", start);
    }
    Fault fault = readHead(bar);
    at = bar;
    while (fault == null && at < end) {
      at++; // the bar
      fault = readNamespace();
      while (fault == null && moreFeatures()) {
        fault = readFeature();
      }
    }
    return fault;
  }

  /** Label, importance and tag, each of which may be absent. */
  private @Nullable Fault readHead(int bar) {
    int words = 0;
    for (int from = pastSpaces(at, bar); from < bar; from = pastSpaces(at, bar)) {
      at = pastWord(from, bar);
      boolean tag = bytes[from] == '\'' || at == bar;
      if (tag && pastSpaces(at, bar) == bar) {
        return null;
      }
      if (words == 0) {
        values.wholeOrUntyped(FieldTable.LABEL, bytes, from, at - from);
      } else if (words == 1) {
        values.untyped(FieldTable.WEIGHT, bytes, from, at - from);
      } else {
        return malformed("only a label and an importance may stand before its tag", from);
      }
      words++;
    }
    return null;
  }

  private @Nullable Fault readNamespace() {
    int from = at;
    at = pastName(from);
    namespace = indexOf(from, at - from);
    namespaceHash = at == from ? 0 : hash(from, at, 0);
    scale = 1;
    unnamed = 0;
    if (at < end && bytes[at] == ':') {
      int factor = at + 1;
      scale = readValue(factor);
      if (!Double.isFinite(scale)) {
        return notANumber("the scale of a namespace", factor);
      }
    }
    return null;
  }

  private int indexOf(int from, int length) {
    for (int i = 0; i < names.length; i++) {
      if (Arrays.equals(names[i], 0, names[i].length, bytes, from, from + length)) {
        return i;
      }
    }
    return OTHER;
  }

  private boolean moreFeatures() {
    at = pastSpaces(at, end);
    return at < end && bytes[at] != '|';
  }

  private @Nullable Fault readFeature() {
    int from = at;
    at = pastName(from);
    if (at == end || bytes[at] != ':') {
      return readNames(from);
    }
    int nameEnd = at;
    int valueFrom = at + 1;
    while (valueFrom < end && bytes[valueFrom] == ' ') {
      valueFrom++;
    }
    double value = readValue(valueFrom);
    if (Double.isNaN(value)) {
      int textFrom = pastSpaces(valueFrom, end);
      if (textFrom == end || NumberText.isNotFinite(bytes, valueFrom, at - valueFrom)) {
        return notANumber("the value of a feature", valueFrom);
      }
      at = pastWord(textFrom, end);
      add(hash(textFrom, at, hash(from, nameEnd, namespaceHash)), 1);
      return null;
    }
    float scaled = (float) (value * scale);
    if (!Float.isFinite(scaled)) {
      return notANumber("the scaled value of a feature", from);
    }
    int hash = nameEnd == from ? namespaceHash + unnamed++ : hash(from, nameEnd, namespaceHash);
    if (scaled != 0) {
      add(hash, scaled);
    }
    return null;
  }

  /** The name that begins at {@code from}, and all behind it that a space ends: most are such. */
  private @Nullable Fault readNames(int from) {
    float one = (float) scale;
    if (!Float.isFinite(one)) {
      return notANumber("the scaled value of a feature", from);
    }
    if (one == 0) {
      return null;
    }
    add(hash(from, at, namespaceHash), one);
    if (at == end || bytes[at] != ' ') {
      return null;
    }
    byte[] text = bytes;
    int[] to = hashes;
    int seed = namespaceHash;
    int next = at + 1;
    int i = features;
    for (; i < to.length; i++) {
      int past = ByteScan.findBlankOr(text, next, end, '|', ':');
      if (past == next || past == end || text[past] != ' ') {
        break;
      }
      to[i] =
          isDigit(text[next])
              ? hash(next, past, seed)
              : Murmur3.hash(text, next, past - next, seed);
      next = past + 1;
    }
    Arrays.fill(featureNamespaces, features, i, namespace);
    Arrays.fill(featureValues, features, i, one);
    features = i;
    at = next;
    return null;
  }

  /** The number that begins at {@code from}, and passes over it; NaN if there is none. */
  private double readValue(int from) {
    double value = number.read(bytes, from, end);
    at = number.end();
    if (!Double.isNaN(value) && (at == end || isSpace(bytes[at]) || bytes[at] == '|')) {
      return value;
    }
    at = pastValue(from);
    return NumberText.parse(bytes, from, at - from);
  }

  private void add(int hash, float value) {
    if (features == hashes.length) {
      featureNamespaces = Arrays.copyOf(featureNamespaces, features * 2);
      hashes = Arrays.copyOf(hashes, features * 2);
      featureValues = Arrays.copyOf(featureValues, features * 2);
    }
    featureNamespaces[features] = namespace;
    hashes[features] = hash;
    featureValues[features] = value;
    features++;
  }

  private int hash(int from, int to, int seed) {
    return hashAll ? Murmur3.hash(bytes, from, to - from, seed) : hash(bytes, from, to, seed);
  }

  /** The hash of a name, or what it adds to {@code seed} where it is a number. */
  static int hash(byte[] bytes, int from, int to, int seed) {
    int index = 0;
    for (int i = from; i < to; i++) {
      if (!isDigit(bytes[i])) {
        return Murmur3.hash(bytes, from, to - from, seed);
      }
      index = 10 * index + bytes[i] - '0';
    }
    return index + seed;
  }

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private int pastSpaces(int from, int to) {
    int i = from;
    while (i < to && isSpace(bytes[i])) {
      i++;
    }
    return i;
  }

  private int pastWord(int from, int to) {
    int i = from;
    while (i < to && !isSpace(bytes[i])) {
      i++;
    }
    return i;
  }

  private int pastName(int from) {
    int i = ByteScan.findBlankOr(bytes, from, end, '|', ':');
    while (i < end && !isSpace(bytes[i]) && bytes[i] != '|' && bytes[i] != ':') {
      i = ByteScan.findBlankOr(bytes, i + 1, end, '|', ':'); // past a control character
    }
    return i;
  }

  private int pastValue(int from) {
    int i = from;
    while (i < end && !isSpace(bytes[i]) && bytes[i] != '|') {
      i++;
    }
    return i;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t';
  }

  private Fault malformed(String problem, int from) {
    return new Fault(RejectionReason.MALFORMED, problem + ": " + shown(from));
  }

  private Fault notANumber(String what, int from) {
    return new Fault(
        RejectionReason.NOT_A_NUMBER, what + " is no finite 32-bit float: " + shown(from));
  }

  private String shown(int from) {
    return TextPlace.show(bytes, start, from, end);
  }
}
