package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SparseColumn;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FeatureCountsTest {
  private static final int CAPACITY = 64;

  static Stream<ModelSpec> models() {
    ModelSpec linear = Specs.linear(Specs.sparse(12, 2), "ftrl", CAPACITY);
    return Stream.of(
        linear,
        Specs.rowByRow(linear),
        Specs.deepFmByField("adagrad", CAPACITY),
        Specs.rowByRow(Specs.ffm("adagrad", CAPACITY)));
  }

  /**
   * A map that is asked pair by pair says the same, and so does a model that never saw the rest.
   */
  @ParameterizedTest
  @MethodSource("models")
  void learnsAsIfRareFeaturesWereNotThere(ModelSpec spec) {
    Map<Integer, Integer> seen = new HashMap<>();
    var stream = new Batches(spec.schema(), 21);
    int missing = 0;
    try (var counting = new Trainer(counting(spec, 3), 2);
        var plain = new Trainer(spec, 1)) {
      for (int step = 0; step < 12; step++) {
        MiniBatch whole = stream.next(CAPACITY - step, CAPACITY);
        MiniBatch frequent = new MiniBatch(spec.schema(), CAPACITY);
        frequent.rows().start(whole.rows().partition(), 0);
        frequent.rows().appendRows(whole.rows(), 0, whole.rows().size());
        SparseColumn pairs = frequent.rows().sparse(0);
        int before = pairs.start(whole.rows().size());
        pairs.retainPairs(whole.rows().size(), id -> seen.merge(id, 1, Integer::sum) >= 3);
        missing += before - pairs.start(whole.rows().size());
        assertThat(counting.train(whole)).isEqualTo(plain.train(frequent));
      }
      assertThat(missing).isBetween(500, 1_500);
      assertThat(counting.parametersSha256()).isEqualTo(plain.parametersSha256());

      SampleBlock rows = stream.next(CAPACITY, CAPACITY).rows();
      SampleBlock known = new SampleBlock(spec.schema(), CAPACITY);
      known.start(rows.partition(), 0);
      known.appendRows(rows, 0, CAPACITY);
      known.sparse(0).retainPairs(CAPACITY, id -> seen.getOrDefault(id, 0) >= 3);
      List<Float> expected = predicted(plain, known);
      assertThat(predicted(counting, rows)).isEqualTo(expected);
      assertThat(predicted(counting, rows)).as("a second time").isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void countsOnFromACheckpointAndPredictsByCopies(ModelSpec plain) {
    ModelSpec spec = counting(plain, 2);
    var stream = new Batches(spec.schema(), 23);
    List<MiniBatch> first = new ArrayList<>();
    for (int step = 0; step < 5; step++) {
      first.add(stream.next(CAPACITY, CAPACITY));
    }
    try (var trainer = new Trainer(spec, 1);
        var resumed = new Trainer(spec, 3)) {
      first.forEach(trainer::train);
      resumed.restore(trainer.snapshot("job", 0));
      MiniBatch next = stream.next(CAPACITY, CAPACITY);
      MiniBatch same = new MiniBatch(spec.schema(), CAPACITY);
      same.rows().start(next.rows().partition(), 0);
      same.rows().appendRows(next.rows(), 0, CAPACITY);
      assertThat(resumed.train(same)).isEqualTo(trainer.train(next));
      assertThat(resumed.parametersSha256()).isEqualTo(trainer.parametersSha256());

      var copy = new WeightsCopy();
      assertThat(trainer.startCopy(copy)).isTrue();
      var predictor = new Predictor(spec);
      predictor.take(copy);
      SampleBlock rows = stream.next(CAPACITY, CAPACITY).rows();
      var outputs = Floats.allocate((long) CAPACITY * predictor.outputWidth());
      predictor.predict(rows, outputs);
      assertThat(floats(outputs)).isEqualTo(predicted(trainer, rows));
    }
  }

  private static List<Float> predicted(Trainer trainer, SampleBlock rows) {
    var outputs = Floats.allocate((long) rows.size() * trainer.outputWidth());
    trainer.predict(rows, outputs);
    return floats(outputs);
  }

  private static List<Float> floats(MemorySegment values) {
    List<Float> list = new ArrayList<>();
    for (float value : Floats.toArray(values)) {
      list.add(value);
    }
    return list;
  }

  private static ModelSpec counting(ModelSpec spec, int minCount) {
    var input = (InputSpec.Sparse) spec.schema().inputs().getFirst().spec();
    var counted = new InputSpec.Sparse(input.bits(), input.fields(), minCount);
    var schema =
        new SampleSchema(List.of(new SampleSchema.Input("x", counted)), spec.schema().label());
    ModelSpec batches =
        Specs.model(schema, spec.layers(), spec.loss(), spec.optimizer(), spec.batchSize());
    return spec.update() == UpdateMode.SAMPLE ? Specs.rowByRow(batches) : batches;
  }
}
