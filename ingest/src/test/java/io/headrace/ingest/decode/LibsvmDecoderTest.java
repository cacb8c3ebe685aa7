package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.ingest.decode.InputMapping.SparseFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LibsvmDecoderTest {
  private static final int BITS = 12;
  private static final List<String> FIELDS = List.of("user", "ad", "site");

  private static Trial trial(InputMapping... inputs) {
    return new Trial(DecoderSpec.fixed("libsvm"), mapping(inputs));
  }

  private static SampleMapping mapping(InputMapping... inputs) {
    var label = new LabelMapping("label", new LabelSpec.Classes(List.of("-1", "1")));
    return new SampleMapping(label, Optional.empty(), Optional.empty(), List.of(inputs));
  }

  /** Of LIBFFM's lines. */
  private static Trial fieldTrial() {
    SampleMapping named = mapping(new SparseFields("x", FIELDS, BITS));
    return new Trial(DecoderSpec.fixed("libsvm"), named.withFieldsOf(Set.of("x")));
  }

  private static SparseFields all(int bits) {
    return new SparseFields("x", List.of(), bits);
  }

  @Test
  void readsLabelsAndPairsByTheirIndex() {
    List<Row> rows =
        trial(all(BITS))
            .add("+1 3:1 11:0.5 4097:-2e-1 # 7:1 is a comment")
            .add("-1.0\tqid:3 5:0 6:.25 ")
            .add("1")
            .rows();
    assertThat(rows).extracting(Row::label).containsExactly(1f, 0f, 1f);
    assertThat(rows)
        .extracting(row -> row.inputs().getFirst().toString())
        .containsExactly("[3:1.0, 11:0.5, 1:-0.2]", "[6:0.25]", "[]");
  }

  @Test
  void givesEachInputItsOwnBits() {
    Row row = trial(all(10), all(20)).add("1 1025:2").rows().getFirst();
    assertThat(row.inputs()).hasToString("[[1:2.0], [1025:2.0]]");
  }

  @Test
  void rejectsWhatCannotBecomeASampleAndSaysAtWhichByte() {
    Trial trial = trial(all(BITS));
    for (String line :
        List.of(
            "# nothing",
            "7 1:1",
            "x 1:1",
            "3:1 4:1",
            "1 a:1",
            "1 3",
            "1 3 :4",
            "1 -3:1",
            "1 2147483648:1",
            "1 99999999999:1",
            "1 3:",
            "1 3:nan",
            "1 3:1e39",
            "1 3:4 5:x")) {
      trial.add(line);
    }
    assertThat(trial.rejections())
        .containsExactly(
            "0 malformed: the line has neither label nor features: '' at byte 0",
            "1 label-out-of-range: label label is 7, none of the 2 classes: -1, 1",
            "2 label-out-of-range: label label is 'x', none of the 2 classes: -1, 1",
            "3 missing-field: label label is missing",
            "4 malformed: a feature is not index:value, with an index up to 2147483647: 'a:1' at byte 2",
            "5 malformed: a feature is not index:value, with an index up to 2147483647: '3' at byte 2",
            "6 malformed: a feature is not index:value, with an index up to 2147483647: '3 :4' at byte 2",
            "7 malformed: a feature is not index:value, with an index up to 2147483647: '-3:1' at byte 2",
            "8 malformed: a feature is not index:value, with an index up to 2147483647: '2147483648:1' at byte 2",
            "9 malformed: a feature is not index:value, with an index up to 2147483647: '99999999999:1' at byte 2",
            "10 not-a-number: the value of a feature is no finite 32-bit float: '3:' at byte 2",
            "11 not-a-number: the value of a feature is no finite 32-bit float: '3:nan' at byte 2",
            "12 not-a-number: the value of a feature is no finite 32-bit float: '3:1e39' at byte 2",
            "13 not-a-number: the value of a feature is no finite 32-bit float: '5:x' at byte 6");
  }

  @Test
  void refusesJobsThatAskForNames() {
    var named = new SparseFields("x", List.of("a"), BITS);
    assertThatThrownBy(() -> trial(named))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("write x as sparse: {bits: 18}");
    assertThatThrownBy(() -> trial(new InputMapping.DenseFields("x", List.of("a"))))
        .isInstanceOf(InvalidSettingException.class);
  }

  @Test
  void agreesWithASlowReaderOnRandomLines() {
    long seed = 20261125;
    var random = new Random(seed);
    Trial trial = trial(all(BITS));
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      String line = line(random);
      lines.add(line);
      trial.add(line);
    }
    List<Row> rows = trial.rows();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      assertThat(rows.get(i).label()).as("seed %d: %s", seed, line).isEqualTo(slowLabel(line));
      assertThat(rows.get(i).inputs().getFirst())
          .as("seed %d: %s", seed, line)
          .isEqualTo(slowPairs(line));
    }
  }

  private static String line(Random random) {
    var line = new StringBuilder(random.nextBoolean() ? "1" : random.nextBoolean() ? "+1" : "-1");
    for (int n = random.nextInt(8); n > 0; n--) {
      line.append(random.nextInt(4) == 0 ? "  " : random.nextInt(4) == 0 ? "\t" : " ");
      line.append(random.nextInt(random.nextBoolean() ? 10 : Integer.MAX_VALUE)).append(':');
      line.append(
          switch (random.nextInt(5)) {
            case 0 -> "0";
            case 1 -> String.valueOf(random.nextInt(-9, 9));
            case 2 -> String.valueOf(random.nextFloat());
            case 3 -> String.valueOf(random.nextGaussian() * 1e-9);
            default -> String.valueOf(random.nextGaussian());
          });
    }
    return line + (random.nextInt(5) == 0 ? " # 1:2 x" : random.nextBoolean() ? " " : "");
  }

  private static float slowLabel(String line) {
    return line.startsWith("-") ? 0 : 1;
  }

  private static List<String> slowPairs(String line) {
    List<String> pairs = new ArrayList<>();
    for (String word : line.replaceAll("#.*", "").split("\\s+", -1)) {
      if (word.contains(":")) {
        String[] halves = word.split(":", -1);
        float value = (float) Double.parseDouble(halves[1]);
        if (value != 0) {
          pairs.add(Row.pair(Integer.parseInt(halves[0]), BITS, value));
        }
      }
    }
    return pairs;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void rejectsWhatASlowReaderRejectsWithFieldsAndWithout(boolean byField) {
    long seed = 20261126;
    var random = new Random(seed);
    Trial trial = byField ? fieldTrial() : trial(all(BITS));
    Trial accepted = byField ? fieldTrial() : trial(all(BITS));
    List<String> lines = new ArrayList<>();
    List<List<String>> expected = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      String line = anyLine(random, byField);
      lines.add(line);
      trial.add(line);
      Optional<List<String>> pairs = slowLine(line, byField);
      if (pairs.isPresent()) {
        expected.add(pairs.get());
        accepted.add(line);
      } else {
        expected.add(List.of("rejected"));
      }
    }
    Trial.Outcome outcome = trial.decode();
    List<List<Integer>> fields = accepted.fields();
    int row = 0;
    for (int i = 0; i < lines.size(); i++) {
      String at = "seed " + seed + ": " + lines.get(i);
      if (expected.get(i).equals(List.of("rejected"))) {
        String start = i + " ";
        assertThat(outcome.rejections()).as(at).anyMatch(said -> said.startsWith(start));
        continue;
      }
      List<String> found = new ArrayList<>();
      List<?> pairs = outcome.rows().get(row).inputs().getFirst();
      for (int k = 0; k < pairs.size(); k++) {
        found.add((byField ? fields.get(row).get(k) + ":" : "") + pairs.get(k));
      }
      assertThat(found).as(at).isEqualTo(expected.get(i));
      assertThat(outcome.rows().get(row++).position()).as(at).isEqualTo(i);
    }
    assertThat(outcome.rows()).hasSize(row);
    assertThat(row).isBetween(600, 2400);
  }

  private static String anyLine(Random random, boolean byField) {
    var line = new StringBuilder(one(random, "1", "-1", "+1", " 1", "1", "1", "1", "2", "", "x"));
    for (int n = random.nextInt(4); n > 0; n--) {
      line.append(one(random, " ", "\t", "  "));
      boolean field = random.nextInt(15) == 0 ? !byField : byField;
      line.append(field ? one(random, "0:", "1:", "1:", "2:", "2:", "3:", "-1:", ":") : "")
          .append(one(random, "1", "7", "0", "4097", "2147483647", "5", "2147483648", "a"))
          .append(one(random, ":", ":", ":", ":", ":", ":", ":", ": "))
          .append(one(random, "1", "0", "-2e-1", ".25", "3.5", "1", "nan", "1e39", "2x"));
      line.append(one(random, "", "", "", "", " qid:3", " qid:"));
    }
    return line + one(random, "", "", " ", "# 1:2 x", " #");
  }

  private static String one(Random random, String... of) {
    return of[random.nextInt(of.length)];
  }

  /** The line's pairs, behind their fields where it has some; empty if it is no sample. */
  private static Optional<List<String>> slowLine(String line, boolean byField) {
    String text = line.replaceAll("#.*", "").strip();
    String[] words = text.split("[ \t]+", -1);
    if (!words[0].matches("[+-]?1")) {
      return Optional.empty();
    }
    List<String> pairs = new ArrayList<>();
    for (int i = 1; i < words.length; i++) {
      String word = words[i];
      if (word.matches("qid:.+")) {
        continue;
      }
      String pattern = byField ? "[0-2]:\\d{1,10}:[^:]+" : "\\d{1,10}:[^:]+";
      if (!word.matches(pattern)) {
        return Optional.empty();
      }
      String[] parts = word.split(":", -1);
      long index = Long.parseLong(parts[parts.length - 2]);
      String value = parts[parts.length - 1];
      if (index > Integer.MAX_VALUE || !value.matches("-?\\d*\\.?\\d+(e-?\\d+)?")) {
        return Optional.empty();
      }
      float number = (float) Double.parseDouble(value);
      if (Float.isInfinite(number)) {
        return Optional.empty();
      }
      if (number != 0) {
        pairs.add((byField ? parts[0] + ":" : "") + Row.pair((int) index, BITS, number));
      }
    }
    return Optional.of(pairs);
  }
}
