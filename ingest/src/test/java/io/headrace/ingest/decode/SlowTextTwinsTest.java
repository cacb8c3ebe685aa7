package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.engine.sample.LabelSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * CSV and JSON lines against slow, obvious readers: CSV character by character into strings, JSON
 * as a tree. The readers of VW and LIBSVM lines are beside the tests of those.
 */
@SuppressWarnings("NullAway") // a missing field is a null of the map
class SlowTextTwinsTest {
  private static final int RECORDS = 3_000;
  private static final int BITS = 18;
  private static final List<String> FIELDS = List.of("a", "b", "c");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SampleMapping MAPPING =
      new SampleMapping(
          new LabelMapping("y", new LabelSpec.Numeric()),
          Optional.of("w"),
          Optional.empty(),
          List.of(new InputMapping.SparseFields("s", FIELDS, BITS)));

  /** What becomes of a record: a row, or nothing. */
  private record Expected(float label, float weight, List<String> pairs) {}

  private static Optional<Expected> of(Map<String, String> record) {
    Float label = number(record.get("y"));
    String weightText = record.get("w");
    Float weight = weightText == null ? Float.valueOf(1) : number(weightText);
    if (label == null || weight == null || weight < 0) {
      return Optional.empty();
    }
    List<String> pairs = new ArrayList<>();
    for (String field : FIELDS) {
      String text = record.get(field);
      if (text == null) {
        continue;
      }
      Float value = number(text);
      pairs.add(value == null ? Row.text(field, text, BITS) : Row.number(field, value, BITS));
    }
    return Optional.of(new Expected(label, weight, pairs));
  }

  private static @Nullable Float number(@Nullable String text) {
    return text != null && text.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")
        ? Float.valueOf((float) Double.parseDouble(text))
        : null;
  }

  private static void assertAgrees(
      Trial trial, List<Optional<Expected>> expected, List<String> records, long seed) {
    Trial.Outcome outcome = trial.decode();
    List<Row> rows = outcome.rows();
    int row = 0;
    for (int i = 0; i < expected.size(); i++) {
      String at = "seed " + seed + ", record " + i + ": " + records.get(i);
      if (expected.get(i).isEmpty()) {
        String start = i + " ";
        assertThat(outcome.rejections()).as(at).anyMatch(said -> said.startsWith(start));
        continue;
      }
      assertThat(row).as(at).isLessThan(rows.size());
      Row found = rows.get(row++);
      assertThat(found.position()).as(at).isEqualTo(i);
      assertThat(new Expected(found.label(), found.weight(), texts(found)))
          .as(at)
          .isEqualTo(expected.get(i).get());
    }
    assertThat(rows).hasSize(row);
    assertThat(row).isBetween(RECORDS / 5, RECORDS - RECORDS / 50);
  }

  private static List<String> texts(Row row) {
    return row.inputs().getFirst().stream().map(String::valueOf).toList();
  }

  private static String pick(Random random, String... of) {
    return of[random.nextInt(of.length)];
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void csv(long seed) {
    var random = new Random(seed);
    List<String> columns = List.of("a", "y", "x", "b", "w", "c");
    Trial trial = new Trial(DecoderSpec.csv(columns, ';'), MAPPING);
    List<Optional<Expected>> expected = new ArrayList<>();
    List<String> records = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      var line = new StringBuilder();
      int fields = random.nextInt(12) == 0 ? 5 + random.nextInt(3) : 6;
      for (int f = 0; f < fields; f++) {
        line.append(f == 0 ? "" : ";")
            .append(f == 1 || f == 4 ? csvNumber(random) : csvField(random));
      }
      line.append(pick(random, "", "", "\n", "\r\n"));
      records.add(line.toString());
      trial.add(line.toString());
      expected.add(slowCsv(line.toString(), columns).flatMap(SlowTextTwinsTest::of));
    }
    assertAgrees(trial, expected, records, seed);
  }

  private static String csvNumber(Random random) {
    return pick(
        random, "1", "0.5", "2.25", "\"3\"", "1e1", "7", random.nextInt(9) == 0 ? "x" : "4");
  }

  private static String csvField(Random random) {
    String plain =
        pick(random, "", "red", "Zürich", "-1.5", "0", "1e3", "a b", "é;", "say \"hi\"", "ж,");
    boolean needsQuotes = plain.contains(";") || plain.contains("\"");
    if ((needsQuotes && random.nextInt(8) > 0) || random.nextInt(4) == 0) {
      String quoted = "\"" + plain.replace("\"", "\"\"") + "\"";
      return random.nextInt(40) == 0 ? quoted.substring(0, quoted.length() - 1) : quoted;
    }
    return plain;
  }

  /** RFC 4180 by states; empty for what it does not allow. */
  private static Optional<Map<String, String>> slowCsv(String line, List<String> columns) {
    String text = line.replaceFirst("\r?\n$", "");
    List<String> fields = new ArrayList<>();
    int i = 0;
    while (true) {
      var field = new StringBuilder();
      if (i < text.length() && text.charAt(i) == '"') {
        i++;
        while (true) {
          if (i >= text.length()) {
            return Optional.empty();
          }
          if (text.charAt(i) != '"') {
            field.append(text.charAt(i++));
          } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
            field.append('"');
            i += 2;
          } else {
            i++;
            break;
          }
        }
        if (i < text.length() && text.charAt(i) != ';') {
          return Optional.empty();
        }
      } else {
        while (i < text.length() && text.charAt(i) != ';') {
          field.append(text.charAt(i++));
        }
      }
      fields.add(field.toString());
      if (i >= text.length()) {
        break;
      }
      i++;
    }
    if (fields.size() != columns.size()) {
      return Optional.empty();
    }
    Map<String, String> record = new TreeMap<>();
    for (int f = 0; f < fields.size(); f++) {
      if (!fields.get(f).isEmpty()) {
        record.put(columns.get(f), fields.get(f));
      }
    }
    return Optional.of(record);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void jsonLines(long seed) {
    var random = new Random(seed);
    Trial trial = new Trial(DecoderSpec.jsonLines(), MAPPING);
    List<Optional<Expected>> expected = new ArrayList<>();
    List<String> records = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      var line = new StringBuilder(pick(random, "", " "));
      line.append("{\"y\":")
          .append(pick(random, "1", " 2.5", "-3e1", "0"))
          .append(pick(random, "", " "));
      for (String field : List.of("b", "x", "a", "w", "c")) {
        if (random.nextInt(4) > 0) {
          line.append(",")
              .append(pick(random, "", " ", "\t"))
              .append('"')
              .append(field)
              .append("\":");
          line.append(field.equals("w") ? pick(random, "1", "0.5", "2") : jsonValue(random));
        }
      }
      line.append(random.nextInt(15) == 0 ? pick(random, "", "}}", "} 1", ",}") : "}");
      records.add(line.toString());
      trial.add(line.toString());
      expected.add(slowJson(line.toString()).flatMap(SlowTextTwinsTest::of));
    }
    assertAgrees(trial, expected, records, seed);
  }

  private static String jsonValue(Random random) {
    return pick(
        random,
        "1.5",
        "-2",
        "0",
        "null",
        "\"red\"",
        "\"Z\\u00fcrich \\\"x\\\"\"",
        "\"ж\\n\"",
        "3e2");
  }

  private static Optional<Map<String, String>> slowJson(String line) {
    try (var parser = JSON.createParser(line)) {
      JsonNode tree = parser.readValueAsTree();
      if (parser.nextToken() != null) {
        return Optional.empty();
      }
      Map<String, String> record = new TreeMap<>();
      tree.properties()
          .forEach(
              field -> {
                if (!field.getValue().isNull()) {
                  record.put(field.getKey(), field.getValue().asText());
                }
              });
      return Optional.of(record);
    } catch (IOException malformed) {
      return Optional.empty();
    }
  }
}
