package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.ingest.decode.InputMapping.SparseFields;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Indices are those that Vowpal Wabbit's own audit printed for these lines, with 18 bits. */
class VwDecoderTest {
  private static final LabelSpec SIGNS = new LabelSpec.Classes(List.of("-1", "1"));
  private static final int BITS = 18;

  private static SampleMapping mapping(LabelSpec label, InputMapping... inputs) {
    return new SampleMapping(
        new LabelMapping("label", label), Optional.empty(), Optional.empty(), List.of(inputs));
  }

  private static SparseFields all() {
    return new SparseFields("all", List.of(), BITS);
  }

  private static SparseFields some(List<String> namespaces, List<List<String>> cross) {
    return new SparseFields("some", namespaces, BITS, List.of(), Map.of(), cross);
  }

  private static Trial trial(LabelSpec label, InputMapping... inputs) {
    return new Trial(DecoderSpec.fixed("vw"), mapping(label, inputs));
  }

  private static Row only(String line, LabelSpec label, InputMapping... inputs) {
    return trial(label, inputs).add(line).rows().getFirst();
  }

  @Test
  void findsTheIndicesOfFeaturesWithoutNamespace() {
    Row row = only("0 | price:.23 sqft:.25 age:.05 2006", new LabelSpec.Numeric(), all());
    assertThat(row.label()).isZero();
    assertThat(row.inputs().getFirst())
        .isEqualTo(List.of("229902:0.23", "162853:0.25", "165201:0.05", "2006:1.0"));
  }

  @Test
  void findsTheIndicesOfNamespacesAndTheirCrosses() {
    String line = "1 |s p^the_man w^the w^man |t p^un_homme w^un w^homme";
    Row row = only(line, SIGNS, all(), some(List.of("s", "t"), List.of(List.of("s", "t"))));
    List<String> plain =
        List.of("3563:1.0", "145229:1.0", "31316:1.0", "68438:1.0", "149058:1.0", "25913:1.0");
    List<String> crossed = new ArrayList<>(plain);
    for (int index :
        new int[] {58279, 241331, 101832, 1377, 215157, 92942, 104810, 185470, 63237}) {
      crossed.add(index + ":1.0");
    }
    assertThat(row.inputs().getFirst()).isEqualTo(plain);
    assertThat(row.inputs().get(1)).isEqualTo(crossed);
  }

  /** Its tests audit.dat and chain_hash_text_test.dat. */
  @Test
  void findsTheIndicesOfNamelessFeaturesAndOfTexts() {
    Trial trial = trial(SIGNS, all());
    List.of(
            "1 | feature",
            "1 |namespace feature",
            "1 | :1",
            "1 |other_namespace :1",
            "1 | happiness",
            "1 | happiness:true",
            "1 | sadness:false",
            "1 |emotion happiness:1",
            "1 |emotion happiness:true")
        .forEach(trial::add);
    assertThat(trial.rows())
        .extracting(row -> row.inputs().getFirst())
        .isEqualTo(
            Stream.of(118880, 242309, 0, 207177, 143395, 42986, 187175, 196388, 106841)
                .map(index -> List.of(index + ":1.0"))
                .toList());
  }

  /**
   * Its test dupeindex_self.dat: quadratic and cubic interactions of namespaces with themselves.
   */
  @Test
  void findsTheIndicesOfCrossesOfANamespaceWithItself() {
    String line = "1 |ab feat_1 feat_2 |ac feat_3 feat_4";
    assertThat(crossed(line, 18, "ab", "ab")).containsExactly(115074, 106798, 258074);
    assertThat(crossed(line, 18, "ab", "ac")).containsExactly(161532, 242714, 10184, 124206);
    assertThat(crossed(line, 18, "ac", "ac")).containsExactly(139138, 253284, 18898);
    assertThat(crossed(line, 18, "ab", "ab", "ab")).containsExactly(17567, 9267, 196863, 82811);
    assertThat(crossed(line, 18, "ab", "ab", "ac"))
        .containsExactly(259041, 143623, 55085, 71115, 169129, 218703);
    assertThat(crossed(line, 18, "ab", "ac", "ac"))
        .containsExactly(74483, 57365, 76367, 193439, 209273, 158155);
  }

  /** Its test audit2, with three weights a feature, each index of which is four of ours. */
  @Test
  void findsTheIndicesOfCrossesInTheOrderOfTheirNames() {
    assertThat(crossed("1 |f a b c |e x y z", 16, "e", "f").stream().map(index -> 4 * index))
        .containsExactly(96492, 93488, 189984, 195964, 190624, 91056, 166384, 171052, 71484);
  }

  private static List<Integer> crossed(String line, int bits, String... group) {
    var fields = List.of(group).stream().distinct().toList();
    var input =
        new SparseFields("some", fields, bits, List.of(), Map.of(), List.of(List.of(group)));
    List<?> pairs = (List<?>) only(line, SIGNS, input).inputs().getFirst();
    int plain = 2 * fields.size() + (line.contains("|f a b c") ? 2 : 0);
    return pairs.stream()
        .skip(plain)
        .map(pair -> Integer.valueOf(pair.toString().replace(":1.0", "")))
        .toList();
  }

  @Test
  void crossesThreeNamespaces() {
    List<String> names = List.of("x", "y", "z");
    Row row = only("1 |x 163331 |y 92594:2 |z 68306:3", SIGNS, some(names, List.of(names)));
    int x = 163331 + Murmur3.hash("x");
    int y = 92594 + Murmur3.hash("y");
    int z = 68306 + Murmur3.hash("z");
    int prime = 16777619;
    assertThat(row.inputs().getFirst().getLast())
        .isEqualTo(Row.pair(((x * prime) ^ y) * prime ^ z, BITS, 6));
  }

  @Test
  void readsLabelImportanceTagScaleAndTexts() {
    Row row = only("-1.0 2.5 'some_tag|user:0.5 id:4 city:Rome|10 7 :2 :3 zero:0", SIGNS, all());
    assertThat(row.label()).isZero();
    assertThat(row.weight()).isEqualTo(2.5f);
    int user = Murmur3.hash("user");
    assertThat(row.inputs().getFirst())
        .isEqualTo(
            List.of(
                Row.pair(hash("id", user), BITS, 2),
                Row.pair(hash("Rome|10", hash("city", user)), BITS, 1),
                Row.pair(7 + user, BITS, 0.5f),
                Row.pair(user, BITS, 1),
                Row.pair(user + 1, BITS, 1.5f)));
  }

  /** By the rules of its parser: a number behind spaces is the value, a word the text. */
  @Test
  void readsWhatStandsBehindAColonAndSpaces() {
    Row row = only("1 |user city:   Rome age:  4 name:\tx|y\tz a: 2|b c", SIGNS, all());
    int user = Murmur3.hash("user");
    assertThat(row.inputs().getFirst())
        .isEqualTo(
            List.of(
                Row.pair(hash("Rome", hash("city", user)), BITS, 1),
                Row.pair(hash("age", user), BITS, 4),
                Row.pair(hash("x|y", hash("name", user)), BITS, 1),
                Row.pair(hash("z", user), BITS, 1),
                Row.pair(hash("a", user), BITS, 2),
                Row.pair(hash("c", Murmur3.hash("b")), BITS, 1)));
    assertThat(trial(SIGNS, all()).add("1 |user city:  ").rejections())
        .satisfiesExactly(r -> assertThat(r).startsWith("0 not-a-number: the value of a feature"));
  }

  /** By {@code --hash all}, of which its hash of all bytes is the rule for each name. */
  @Test
  void hashesNamesOfDigitsWhereAllAreToBeHashed() {
    SampleMapping mapping = mapping(SIGNS, all());
    String line = "1 |7 12 a:2 34:0.5 56 :3 b:78";
    Row row = new Trial(DecoderSpec.vwHashingAll(), mapping).add(line).rows().getFirst();
    int seven = hash("7", 0);
    assertThat(row.inputs().getFirst())
        .isEqualTo(
            List.of(
                Row.pair(hash("12", seven), BITS, 1),
                Row.pair(hash("a", seven), BITS, 2),
                Row.pair(hash("34", seven), BITS, 0.5f),
                Row.pair(hash("56", seven), BITS, 1),
                Row.pair(seven, BITS, 3),
                Row.pair(hash("b", seven), BITS, 78)));
    assertThat(only(line, SIGNS, all()).inputs().getFirst())
        .isNotEqualTo(row.inputs().getFirst())
        .hasSameSizeAs(row.inputs().getFirst());
  }

  private static int hash(String text, int seed) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Murmur3.hash(bytes, 0, bytes.length, seed);
  }

  @Test
  void takesOnlyTheNamespacesThatAnInputNames() {
    Row row =
        only(
            "+1 |user a b |item c |other d",
            SIGNS,
            some(List.of("item"), List.of()),
            some(List.of("user"), List.of()));
    assertThat(row.label()).isEqualTo(1);
    assertThat(row.inputs().getFirst()).isEqualTo(List.of(Row.text("item", "c", BITS)));
    assertThat(row.inputs().get(1))
        .isEqualTo(List.of(Row.text("user", "a", BITS), Row.text("user", "b", BITS)));
  }

  @Test
  void rejectsWhatCannotBecomeASample() {
    Trial trial = trial(SIGNS, all());
    for (String line :
        List.of(
            "1 no bar",
            "1|a tag is no label",
            "7 | a",
            "1 2 0.5 | a",
            "1 x | a",
            "1 -1 | a",
            "1 | a:nan",
            "1 | a:",
            "1 |n:much a",
            "1 |n:1e30 a:1e30")) {
      trial.add(line);
    }
    assertThat(trial.rejections())
        .satisfiesExactly(
            r -> assertThat(r).startsWith("0 malformed: there is no |"),
            r -> assertThat(r).startsWith("1 missing-field: label label is missing"),
            r -> assertThat(r).startsWith("2 label-out-of-range: label label is 7"),
            r -> assertThat(r).startsWith("3 malformed: only a label and an importance"),
            r -> assertThat(r).startsWith("4 not-a-number: weight is 'x'"),
            r -> assertThat(r).startsWith("5 not-a-number: weight is '-1'"),
            r -> assertThat(r).startsWith("6 not-a-number: the value of a feature"),
            r -> assertThat(r).startsWith("7 not-a-number: the value of a feature"),
            r -> assertThat(r).startsWith("8 not-a-number: the scale of a namespace"),
            r -> assertThat(r).startsWith("9 not-a-number: the scaled value"));
  }

  @Test
  void rejectsALineWhoseCrossesWouldFillTheMemory() {
    Trial trial = trial(SIGNS, some(List.of("a", "b"), List.of(List.of("a", "b"))));
    trial.add("1 |a" + " x".repeat(1024) + " |b" + " y".repeat(1025));
    assertThat(trial.rejections())
        .satisfiesExactly(r -> assertThat(r).startsWith("0 too-large: some: a cross of this line"));
  }

  @Test
  void refusesMappingsThatSuchLinesDoNotHave() {
    var dense = new InputMapping.DenseFields("d", List.of("a"));
    assertThatThrownBy(() -> trial(SIGNS, dense))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("Take them with sparse inputs");
    var scaled = new SparseFields("s", List.of("a"), BITS, List.of(), Map.of("a", 2.0), List.of());
    assertThatThrownBy(() -> trial(SIGNS, scaled))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("|user:0.5");
    var weighted =
        new SampleMapping(
            new LabelMapping("label", SIGNS), Optional.of("w"), Optional.empty(), List.of(all()));
    assertThatThrownBy(() -> new Trial(DecoderSpec.fixed("vw"), weighted))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("always the weight");
  }

  /** Slow and obvious: splits with regular expressions. */
  private static List<String> slowPairs(String line) {
    List<String> pairs = new ArrayList<>();
    Matcher namespaces = Pattern.compile("\\|([^ |:]*)(?::([0-9.]+))?([^|]*)").matcher(line);
    while (namespaces.find()) {
      String name = namespaces.group(1);
      int seed = name.isEmpty() ? 0 : vwHash(name, 0);
      float scale = namespaces.group(2) == null ? 1 : Float.parseFloat(namespaces.group(2));
      int unnamed = 0;
      for (String feature : namespaces.group(3).trim().split(" +", -1)) {
        String[] parts = feature.split(":", 2);
        if (feature.isEmpty()) {
          continue;
        }
        int hash = parts[0].isEmpty() ? seed + unnamed++ : vwHash(parts[0], seed);
        float value = parts.length == 1 ? scale : scale * Float.parseFloat(parts[1]);
        if (value != 0) {
          pairs.add(Row.pair(hash, BITS, value));
        }
      }
    }
    return pairs;
  }

  private static int vwHash(String text, int seed) {
    return text.matches("[0-9]*") ? seed + (int) Long.parseLong("0" + text) : hash(text, seed);
  }

  @Test
  void agreesWithASlowReaderOnRandomLines() {
    long seed = 20260501;
    var random = new Random(seed);
    Trial trial = trial(SIGNS, all());
    List<List<String>> expected = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      var line = new StringBuilder("1 ");
      for (int n = random.nextInt(4); n >= 0; n--) {
        line.append('|').append(random.nextBoolean() ? "ns" + random.nextInt(50) : "");
        line.append(line.charAt(line.length() - 1) != '|' && random.nextBoolean() ? ":0.5" : "");
        for (int f = random.nextInt(6); f > 0; f--) {
          line.append(" ".repeat(1 + random.nextInt(2)));
          String name =
              random.nextBoolean() ? "f" + random.nextInt() : "" + random.nextInt(1 << 20);
          String value = random.nextBoolean() ? ":" + random.nextInt(5) / 4.0 : "";
          line.append(value.isEmpty() || random.nextInt(5) > 0 ? name : "").append(value);
        }
        line.append(' ');
      }
      expected.add(slowPairs(line.toString()));
      trial.add(line.toString());
    }
    List<Row> rows = trial.rows();
    for (int i = 0; i < expected.size(); i++) {
      assertThat(rows.get(i).inputs().getFirst())
          .as("line %d, seed %d", i, seed)
          .isEqualTo(expected.get(i));
    }
  }

  @Test
  void neverFailsOnDamagedLines() {
    long seed = 20260502;
    var random = new Random(seed);
    byte[] sound =
        "1 2.5 'tag|user:0.5 id:4 city:Rome |item 7 :2 a:1e-3".getBytes(StandardCharsets.UTF_8);
    byte[] alphabet = "|: '\t01.e-+xnaé\0".getBytes(StandardCharsets.UTF_8);
    int rejected = 0;
    int rows = 0;
    for (int round = 0; round < 50; round++) {
      Trial trial = trial(SIGNS, all(), some(List.of("user", "item"), List.of()));
      for (int i = 0; i < 1000; i++) {
        byte[] line = sound.clone();
        for (int flips = random.nextInt(6); flips >= 0; flips--) {
          line[random.nextInt(line.length)] = alphabet[random.nextInt(alphabet.length)];
        }
        trial.add(line);
      }
      Trial.Outcome outcome = trial.decode();
      rejected += outcome.rejections().size();
      rows += outcome.rows().size();
    }
    assertThat(rejected).as("seed %d", seed).isPositive();
    assertThat(rows).as("seed %d", seed).isPositive();
  }

  /** Lines of the plain kind have a reader of their own, which one of two inputs does not use. */
  @Test
  void readsPlainLinesAsItReadsAllOthers() {
    long seed = 20260503;
    var random = new Random(seed);
    List<byte[]> sound =
        Stream.of(
                "-1 |item i1:3.71 i12:-0.5 12:2 a |user c1=1cc5209 id_of_this_user=9213:7",
                "1 |f o=LAS r=LAS_PHL w=1 12345678 dist:2.1760 |x x0:-.6771 x1:123456.75 y:0",
                "1 | price:.23 sqft:0.25 a name of more than sixteen_bytes_or_two_words ß|b c|")
            .map(line -> line.getBytes(StandardCharsets.UTF_8))
            .toList();
    byte[] alphabet = "|: '\t019.e-+xaé\0".getBytes(StandardCharsets.UTF_8);
    int plain = 0;
    for (int round = 0; round < 100; round++) {
      Trial one = trial(SIGNS, all());
      Trial two = trial(SIGNS, all(), all());
      for (int i = 0; i < 200; i++) {
        byte[] line = sound.get(random.nextInt(sound.size())).clone();
        for (int flips = random.nextInt(4); flips > 0; flips--) {
          line[random.nextInt(line.length)] = alphabet[random.nextInt(alphabet.length)];
        }
        one.add(line);
        two.add(line);
      }
      Trial.Outcome read = one.decode();
      Trial.Outcome expected = two.decode();
      assertThat(read.rejections()).as("seed %d", seed).isEqualTo(expected.rejections());
      assertThat(read.rows()).as("seed %d", seed).hasSameSizeAs(expected.rows());
      for (int i = 0; i < read.rows().size(); i++) {
        Row row = read.rows().get(i);
        Row other = expected.rows().get(i);
        assertThat(row.inputs().getFirst()).as("seed %d", seed).isEqualTo(other.inputs().getLast());
        assertThat(row.label()).isEqualTo(other.label());
        assertThat(row.weight()).isEqualTo(other.weight());
        plain += row.inputs().getFirst().isEmpty() ? 0 : 1;
      }
    }
    assertThat(plain).isGreaterThan(1000);
  }
}
