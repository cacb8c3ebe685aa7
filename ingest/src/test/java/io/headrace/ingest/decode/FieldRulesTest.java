package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FieldRulesTest {
  private static final int BITS = 20;
  private static final List<String> FIELDS = List.of("origin", "distance", "delay");

  private static InputMapping input(String kind, Map<String, ?> settings) {
    var all = new HashMap<String, Object>(settings);
    all.putIfAbsent("fields", FIELDS);
    if (kind.equals("sparse")) {
      all.put("bits", BITS);
    }
    return InputMappings.variants().named(kind).from(all).named("x");
  }

  private static SampleMapping mapping(InputMapping input) {
    return new SampleMapping(
        new LabelMapping("", new LabelSpec.Numeric()),
        Optional.empty(),
        Optional.empty(),
        List.of(input));
  }

  private static Trial csv(String kind, Map<String, ?> settings) {
    return new Trial(DecoderSpec.csv(FIELDS, ','), mapping(input(kind, settings)));
  }

  private static List<?> only(Trial trial) {
    return trial.rows().getFirst().inputs().getFirst();
  }

  @ParameterizedTest
  @CsvSource({
    "-5, 0",
    "99.999, 0",
    "100, 1",
    "100.5, 1",
    "500, 2",
    "1e300, 2",
  })
  void findsTheBucketBetweenEdges(double number, long bucket) {
    assertThat(Buckets.read(Map.of("edges", List.of(100, 500))).of(number)).isEqualTo(bucket);
  }

  @ParameterizedTest
  @CsvSource({"-0.1, -1", "0, 0", "9.99, 0", "10, 1", "25, 2", "-10, -1", "-10.5, -2"})
  void findsTheBucketOfEqualWidth(double number, long bucket) {
    assertThat(Buckets.read(Map.of("width", 10)).of(number)).isEqualTo(bucket);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.99, 0",
    "-0.5, 0",
    "1, 1",
    "1.99, 1",
    "2, 2",
    "1023, 10",
    "1024, 11",
    "-1, -1",
    "-1024, -11",
    "1.7e308, 1024",
  })
  void findsTheOctave(double number, long bucket) {
    assertThat(Buckets.read("log2").of(number)).isEqualTo(bucket);
  }

  @Test
  void agreesWithASlowSearchOfEdges() {
    var random = new Random(7);
    for (int round = 0; round < 200; round++) {
      List<Double> edges =
          random.doubles(1 + random.nextInt(20), -9, 9).distinct().sorted().boxed().toList();
      var buckets = new Buckets.Edges(edges);
      for (double number : random.doubles(50, -10, 10).toArray()) {
        long slow = edges.stream().filter(edge -> edge <= number).count();
        assertThat(buckets.of(number)).as("%s in %s", number, edges).isEqualTo(slow);
      }
    }
  }

  @Test
  void makesBucketsCategoriesOfEveryFormat() throws Exception {
    Map<String, ?> settings =
        Map.of(
            "bucket", Map.of("distance", Map.of("edges", List.of(100, 500)), "delay", "log2"),
            "cross", List.of(List.of("origin", "distance")));
    List<String> expected =
        List.of(
            Row.text("origin", "JFK", BITS),
            Row.text("distance", "1", BITS),
            Row.text("delay", "-4", BITS),
            Row.pair(
                Murmur3.cross(
                    Murmur3.cross(0, Row.textHash("origin", "JFK")), Row.textHash("distance", "1")),
                BITS,
                1));
    assertThat(only(csv("sparse", settings).add("JFK,250.5,-9"))).isEqualTo(expected);
    SampleMapping mapping = mapping(input("sparse", settings));
    Trial json = new Trial(DecoderSpec.jsonLines(), mapping);
    json.add("{\"origin\":\"JFK\",\"distance\":250.5,\"delay\":-9}");
    assertThat(only(json)).isEqualTo(expected);
    Schema schema =
        SchemaBuilder.record("Flight")
            .fields()
            .requiredString("origin")
            .requiredDouble("distance")
            .optionalInt("delay")
            .endRecord();
    Trial avro = new Trial(DecoderSpec.avro("bare", Optional.of(schema)), mapping);
    assertThat(only(avro.add(flight(schema, "JFK", 250.5, -9)))).isEqualTo(expected);
  }

  private static byte[] flight(Schema schema, String origin, double distance, Integer delay)
      throws Exception {
    var flight = new GenericData.Record(schema);
    flight.put("origin", origin);
    flight.put("distance", distance);
    flight.put("delay", delay);
    var bytes = new ByteArrayOutputStream();
    new GenericDatumWriter<GenericData.Record>(schema)
        .write(flight, EncoderFactory.get().directBinaryEncoder(bytes, null));
    return bytes.toByteArray();
  }

  @Test
  void takesLogarithmsOfEitherSignBeforeTheyAreScaled() {
    Trial trial =
        csv("sparse", Map.of("log", List.of("distance", "delay"), "scale", Map.of("delay", 2)));
    assertThat(only(trial.add("JFK,250,-9")))
        .isEqualTo(
            List.of(
                Row.text("origin", "JFK", BITS),
                Row.number("distance", (float) Math.log1p(250), BITS),
                Row.number("delay", (float) (-2 * Math.log1p(9)), BITS)));
  }

  @Test
  void rejectsWhatIsNoNumberWhereARuleNeedsOne() {
    assertThat(csv("sparse", Map.of("log", List.of("distance"))).add("JFK,far,1").rejections())
        .containsExactly("0 not-a-number: x: distance is 'far' and no finite 32-bit float");
    assertThat(
            csv("sparse", Map.of("bucket", Map.of("delay", "log2"))).add("JFK,1,NaN").rejections())
        .containsExactly("0 not-a-number: x: delay is 'NaN' and no finite 32-bit float");
  }

  @Test
  void followsTheRuleForMissingFields() {
    Map<String, ?> rules = Map.of("origin", "indicator", "distance", 100, "delay", "reject");
    Trial trial = csv("sparse", Map.of("missing", rules, "log", List.of("distance")));
    assertThat(only(trial.add(",,3")))
        .isEqualTo(
            List.of(
                Row.text("origin", "", BITS),
                Row.number("distance", (float) Math.log1p(100), BITS),
                Row.number("delay", 3, BITS)));
    assertThat(trial.add("JFK,1,").rejections())
        .containsExactly("0 missing-field: x: delay is missing, which missing says to reject");
    assertThat(only(csv("sparse", Map.of("missing", Map.of("delay", "skip"))).add("JFK,1,")))
        .isEqualTo(List.of(Row.text("origin", "JFK", BITS), Row.number("distance", 1, BITS)));
  }

  @Test
  void takesMissingNumbersForBucketsAndCategoriesToo() {
    Map<String, ?> settings =
        Map.of(
            "missing", Map.of("distance", 120, "delay", 7),
            "bucket", Map.of("distance", Map.of("width", 50)),
            "categorical", List.of("delay"));
    assertThat(only(csv("sparse", settings).add("JFK,,")))
        .isEqualTo(
            List.of(
                Row.text("origin", "JFK", BITS),
                Row.text("distance", "2", BITS),
                Row.text("delay", "7", BITS)));
  }

  @Test
  void crossesEveryTwoFields() {
    var crossed = (InputMapping.SparseFields) input("sparse", Map.of("cross", "all"));
    assertThat(crossed.cross())
        .containsExactly(
            List.of("origin", "distance"),
            List.of("origin", "delay"),
            List.of("distance", "delay"));
    assertThat(only(csv("sparse", Map.of("cross", "all")).add("JFK,1,2")))
        .isEqualTo(only(csv("sparse", Map.of("cross", crossed.cross())).add("JFK,1,2")));
  }

  @Test
  void crossesEveryTwoNamespacesOfVwLines() {
    var all = mapping(input("sparse", Map.of("fields", List.of("a", "b", "c"), "cross", "all")));
    var pairs =
        mapping(
            input(
                "sparse",
                Map.of(
                    "fields", List.of("a", "b", "c"),
                    "cross", List.of(List.of("a", "b"), List.of("a", "c"), List.of("b", "c")))));
    String line = "1 |a x y:2 |b z:3 |c w v";
    List<?> expected = only(new Trial(DecoderSpec.fixed("vw"), pairs).add(line));
    assertThat(expected).hasSize(5 + 2 + 4 + 2);
    assertThat(only(new Trial(DecoderSpec.fixed("vw"), all).add(line))).isEqualTo(expected);
  }

  @Test
  void fillsDenseInputsAndIndicatesWhatIsMissing() {
    Map<String, ?> settings =
        Map.of(
            "fields", List.of("distance", "delay"),
            "log", List.of("distance"),
            "missing", Map.of("distance", -2, "delay", "indicator"));
    assertThat(input("dense", settings).spec()).isEqualTo(new InputSpec.Dense(List.of(3)));
    Trial trial = new Trial(DecoderSpec.jsonLines(), mapping(input("dense", settings)));
    trial.add("{\"distance\": 8, \"delay\": 5}").add("{\"delay\": null}");
    var rows = new ArrayList<List<?>>();
    trial.rows().forEach(row -> rows.add(row.inputs().getFirst()));
    assertThat(rows)
        .isEqualTo(
            List.of(
                Row.floats((float) Math.log1p(8), 5, 0), Row.floats((float) -Math.log1p(2), 0, 1)));
  }

  static List<Arguments> wrongRules() {
    return List.of(
        arguments("sparse", "bucket", Map.of("speed", "log2"), "speed is not among fields"),
        arguments("sparse", "log", List.of("speed"), "speed is not among fields"),
        arguments("sparse", "missing", Map.of("speed", "skip"), "speed is not among fields"),
        arguments(
            "sparse",
            "bucket",
            Map.of("distance", Map.of("edges", List.of(2, 2))),
            "ascending order: 2.0 follows 2.0"),
        arguments(
            "sparse", "bucket", Map.of("distance", Map.of("width", 0)), "a width above 0, not 0.0"),
        arguments(
            "sparse", "bucket", Map.of("distance", "log10"), "{edges: [a, b]}, {width: w}, log2"),
        arguments(
            "sparse",
            "missing",
            Map.of("distance", "drop"),
            "reject, skip, indicator or a number: drop"),
        arguments("sparse", "missing", Map.of("distance", "NaN"), "finite numbers: NaN"),
        arguments(
            "dense", "missing", Map.of("distance", "skip"), "skip leaves a dense input too short"));
  }

  @ParameterizedTest
  @MethodSource("wrongRules")
  void saysWhatIsWrongWithARule(String kind, String key, Object rule, String problem) {
    assertThatThrownBy(() -> input(kind, Map.of(key, rule)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void refusesRulesThatExcludeEachOther() {
    assertThatThrownBy(
            () ->
                input("sparse", Map.of("log", List.of("delay"), "bucket", Map.of("delay", "log2"))))
        .hasMessageContaining("delay is in bucket as well");
    assertThatThrownBy(
            () -> input("sparse", Map.of("log", List.of("delay"), "categorical", List.of("delay"))))
        .hasMessageContaining("delay is in categorical as well");
    assertThatThrownBy(() -> input("sparse", Map.of("fields", List.of("a"), "cross", "all")))
        .hasMessageContaining("all needs 2 to 256 fields");
  }

  @Test
  void refusesRulesForLinesWithoutFields() {
    SampleMapping ruled =
        mapping(input("sparse", Map.of("fields", List.of("a"), "log", List.of("a"))));
    assertThatThrownBy(() -> Decoders.create(DecoderSpec.fixed("vw"), ruled))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("vw lines have features, not fields that log, bucket and missing");
  }
}
