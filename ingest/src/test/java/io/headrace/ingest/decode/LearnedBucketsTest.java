package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleDecoder;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Buckets whose borders are learned, against a list that is sorted again for every number. */
class LearnedBucketsTest {
  private static final int BITS = 18;
  private static final int ROWS = 900;
  private static final int QUANTILES = 7;
  private static final int WARM_UP = 300;
  private static final List<String> FIELDS = List.of("origin", "distance", "delay");

  private static SampleMapping mapping(Object bucket) {
    List<List<String>> crosses =
        List.of(List.of("origin", "distance", "delay"), List.of("distance", "distance"));
    Map<String, ?> settings =
        Map.of("fields", FIELDS, "bits", BITS, "bucket", bucket, "cross", crosses);
    return new SampleMapping(
        new LabelMapping("", new LabelSpec.Numeric()),
        Optional.empty(),
        Optional.empty(),
        List.of(InputMappings.variants().named("sparse").from(settings).named("x")));
  }

  private static SampleMapping mapping() {
    return mapping(Map.of("distance", Map.of("quantiles", QUANTILES, "warm-up", WARM_UP)));
  }

  /** Rows of which some lack the number, many have the same, and one has none that is finite. */
  private static List<String> lines(long seed) {
    var random = new Random(seed);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      String distance =
          switch (random.nextInt(8)) {
            case 0 -> "";
            case 1, 2 -> "0";
            case 3 -> "-0.0";
            default -> String.valueOf((float) random.nextGaussian() * 100);
          };
      lines.add("a" + random.nextInt(3) + "," + (i == 40 ? "1e300" : distance) + ",0.5");
    }
    return lines;
  }

  private static SampleBlock decode(SampleDecoder decoder, SampleMapping mapping, List<String> of) {
    var chunk = new RecordChunk(done -> {});
    chunk.start(Trial.PARTITION, 0);
    for (String line : of) {
      byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
      chunk.add(bytes, 0, bytes.length, chunk.nextPosition(), 0);
    }
    var block = new SampleBlock(mapping.schema(), of.size());
    block.start(Trial.PARTITION, 0);
    decoder.decode(chunk, block, (from, record, reason, detail) -> {});
    return block;
  }

  private static SampleDecoder decoder(SampleMapping mapping) {
    return Decoders.create(DecoderSpec.csv(FIELDS, ','), mapping);
  }

  /**
   * @param ahead rows that are decoded before the first of them is settled
   */
  private static List<List<?>> learned(GrowingVocabularies all, List<String> lines, int ahead) {
    SampleMapping learning = all.learning();
    SampleDecoder decoder = decoder(learning);
    List<List<?>> rows = new ArrayList<>();
    for (int from = 0; from < lines.size(); from += ahead) {
      var part = lines.subList(from, Math.min(lines.size(), from + ahead));
      SampleBlock block = decode(decoder, learning, part);
      var batch = new SampleBlock(learning.schema(), ahead);
      batch.start(Trial.PARTITION, 0);
      batch.appendRows(block, 0, block.size());
      all.settle(batch);
      Row.all(batch).forEach(row -> rows.add(row.inputs().getFirst()));
    }
    return rows;
  }

  private static List<List<?>> slow(List<String> lines) {
    List<Float> met = new ArrayList<>();
    List<List<?>> rows = new ArrayList<>();
    for (String line : lines) {
      String[] fields = line.split(",", -1);
      if (!fields[1].isEmpty() && Float.isInfinite(Float.parseFloat(fields[1]))) {
        continue; // rejected
      }
      String bucket = fields[1].isEmpty() ? "" : bucket(met, Float.parseFloat(fields[1]));
      List<String> pairs = new ArrayList<>();
      int origin = Row.textHash("origin", fields[0]);
      pairs.add(Row.text("origin", fields[0], BITS));
      int distance = Row.textHash("distance", bucket);
      if (!bucket.isEmpty()) {
        pairs.add(Row.text("distance", bucket, BITS));
      }
      pairs.add(Row.number("delay", 0.5f, BITS));
      if (!bucket.isEmpty()) {
        int two = Murmur3.cross(Murmur3.cross(0, origin), distance);
        pairs.add(Row.pair(Murmur3.cross(two, Murmur3.hash("delay")), BITS, 0.5f));
        pairs.add(Row.pair(Murmur3.cross(Murmur3.cross(0, distance), distance), BITS, 1));
      }
      if (!fields[1].isEmpty() && met.size() < WARM_UP) {
        met.add(Float.parseFloat(fields[1]));
      }
      rows.add(pairs);
    }
    return rows;
  }

  /** The number of the bucket as text; empty before there are any. */
  private static String bucket(List<Float> met, float number) {
    int count = 0;
    for (int drawn = QUANTILES; drawn <= met.size(); drawn = Math.min(2 * drawn, WARM_UP)) {
      count = drawn;
      if (drawn == WARM_UP) {
        break;
      }
    }
    List<Float> sorted = met.subList(0, count).stream().map(x -> x + 0f).sorted().toList();
    int bucket = 0;
    for (int i = 1; i < QUANTILES && count > 0; i++) {
      bucket += sorted.get(i * count / QUANTILES) <= number ? 1 : 0;
    }
    return count == 0 ? "" : String.valueOf(bucket);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 13, 64, 899})
  void agreesWithASlowTwinHoweverFarAheadDecodersAre(int ahead) {
    List<String> lines = lines(ahead);
    List<List<?>> expected = slow(lines);
    assertThat(expected).hasSize(ROWS - 1);
    assertThat(learned(GrowingVocabularies.of(mapping()), lines, ahead))
        .as("seed " + ahead)
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 30, 200, 700})
  void goesOnFromWhatWasSaved(int rows) {
    List<String> lines = lines(4);
    List<List<?>> whole = learned(GrowingVocabularies.of(mapping()), lines, 10);
    var before = GrowingVocabularies.of(mapping());
    int kept = learned(before, lines.subList(0, rows), 10).size();
    var after = GrowingVocabularies.of(mapping());
    Map<String, Tensor> saved = saved(before);
    restore(after, saved);
    assertThat(learned(after, lines.subList(rows, ROWS), 10))
        .isEqualTo(whole.subList(kept, whole.size()));
    var again = GrowingVocabularies.of(mapping());
    restore(again, saved);
    assertThat(text(saved(again))).isEqualTo(text(saved));
  }

  @Test
  void scoresByTheBordersOfTheModelThatScores() {
    var all = GrowingVocabularies.of(mapping());
    List<String> lines = lines(6);
    List<String> asked = List.of("a1,-80,0.5", "a1,0,0.5", "a1,55.5,0.5");
    assertThat(pairs(decode(decoder(all.scoring()), all.scoring(), asked)))
        .as("before any borders")
        .allSatisfy(pairs -> assertThat(pairs).hasSize(2));
    var _ = learned(all, lines.subList(0, 100), 10);
    int[] sizes = all.sizes();
    SampleMapping within = all.scoringWithin(() -> sizes);
    List<List<?>> then = pairs(decode(decoder(all.scoring()), all.scoring(), asked));
    assertThat(then).allSatisfy(pairs -> assertThat(pairs).hasSize(5));
    var _ = learned(all, lines.subList(100, ROWS), 10);
    assertThat(pairs(decode(decoder(within), within, asked))).isEqualTo(then);
    List<List<?>> now = pairs(decode(decoder(all.scoring()), all.scoring(), asked));
    assertThat(now).isNotEqualTo(then);
    assertThat(learned(all, asked, 1)).isEqualTo(now);
  }

  private static List<List<?>> pairs(SampleBlock block) {
    List<List<?>> pairs = new ArrayList<>();
    Row.all(block).forEach(row -> pairs.add(row.inputs().getFirst()));
    return pairs;
  }

  @ParameterizedTest
  @CsvSource({"1, 10", "5000, 10000", "10, 9", "10, 1000001", "2.5, 10", "x, 10"})
  void refusesWhatCannotBe(String quantiles, String warmUp) {
    Map<String, ?> bucket = Map.of("distance", Map.of("quantiles", quantiles, "warm-up", warmUp));
    assertThatThrownBy(() -> mapping(bucket)).hasMessageContaining("bucket");
  }

  private static Map<String, Tensor> saved(GrowingVocabularies from) {
    var tensors = new TreeMap<String, Tensor>();
    from.save(
        new StateWriter() {
          @Override
          public void tensor(String name, TensorType type, long[] shape, MemorySegment data) {
            tensors.put(name, Tensor.of(type, shape, data));
          }

          @Override
          public void value(String name, String value) {
            throw new AssertionError(name);
          }
        });
    return tensors;
  }

  private static void restore(GrowingVocabularies into, Map<String, Tensor> saved) {
    into.restore(
        new StateReader() {
          @Override
          public void tensor(String name, TensorType type, long[] shape, MemorySegment data) {
            throw new AssertionError(name);
          }

          @Override
          public Optional<Tensor> tensor(String name) {
            return Optional.ofNullable(saved.get(name));
          }

          @Override
          public Optional<String> value(String name) {
            return Optional.empty();
          }
        });
  }

  private static List<String> text(Map<String, Tensor> saved) {
    return saved.entrySet().stream()
        .map(e -> e.getKey() + Arrays.toString(e.getValue().data().toArray(ValueLayout.JAVA_BYTE)))
        .toList();
  }
}
