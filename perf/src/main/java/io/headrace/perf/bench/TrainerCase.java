package io.headrace.perf.bench;

import io.headrace.engine.DivergencePolicy;
import io.headrace.engine.ModelSpec;
import io.headrace.engine.StepResult;
import io.headrace.engine.Trainer;
import io.headrace.engine.UpdateMode;
import io.headrace.engine.WorkerMode;
import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.layer.Layers;
import io.headrace.engine.loss.Losses;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.GradientClipping;
import io.headrace.engine.optimizer.Optimizers;
import io.headrace.engine.optimizer.Schedules;
import io.headrace.engine.sample.Column;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.sample.SparseColumn;
import io.headrace.engine.sample.TokenColumn;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A trainer, and batches that it can learn from, over and over. Not thread-safe; the caller closes
 * it.
 */
final class TrainerCase implements AutoCloseable {
  static final int BATCH = 64;
  static final int BATCHES = 256;
  static final int ROWS = BATCH * BATCHES;
  static final int CLICKS = 64 * DecodeCase.RECORDS;

  private static final int SHARDS = 8;
  private static final int IDS = 5;
  private static final long SEED = 5;

  private final Trainer trainer;
  private final List<MiniBatch> batches;

  private TrainerCase(Trainer trainer, List<MiniBatch> batches) {
    this.trainer = trainer;
    this.batches = batches;
  }

  /** Logistic regression over {@code width} floats, SGD. */
  static TrainerCase linear(int width, int threads) {
    SampleSchema schema = schema(new InputSpec.Dense(List.of(width)), 2);
    return of(
        schema,
        List.of(layer("linear", Map.of())),
        "logistic",
        optimizer("sgd", Map.of("learning-rate", 0.05)),
        threads);
  }

  /** Logistic regression over five ids of 2^18, FTRL. */
  static TrainerCase sparse(int threads) {
    return of(
        schema(new InputSpec.Sparse(18), 2),
        List.of(layer("linear", Map.of())),
        "logistic",
        optimizer("ftrl", Map.of()),
        threads);
  }

  /** Logistic regression over 35 ids of 2^22, AdaGrad, row by row. */
  static TrainerCase rowByRow() {
    SampleSchema schema = schema(new InputSpec.Sparse(22), 2);
    var spec =
        new ModelSpec(
            schema,
            List.of(layer("linear", Map.of())),
            Losses.variants().spec("logistic", Map.of()),
            optimizer("adagrad", Map.of()),
            Schedules.variants().spec("constant", Map.of()),
            GradientClipping.NONE,
            Optional.empty(),
            UpdateMode.SAMPLE,
            BATCH,
            SHARDS,
            SEED);
    return of(spec, 35, 1);
  }

  /** Generated clicks of 37 features, ids of 2^22, FTRL, row by row in batches of 1,024. */
  static TrainerCase clicks(WorkerMode mode, int threads) {
    List<SampleBlock> blocks = DecodeCase.clickBlocks(CLICKS / DecodeCase.RECORDS);
    var spec =
        new ModelSpec(
            blocks.getFirst().schema(),
            List.of(layer("linear", Map.of())),
            Losses.variants().spec("logistic", Map.of()),
            optimizer("ftrl", Map.of()),
            Schedules.variants().spec("constant", Map.of()),
            GradientClipping.NONE,
            Optional.empty(),
            UpdateMode.SAMPLE,
            DecodeCase.RECORDS,
            SHARDS,
            SEED);
    List<MiniBatch> batches =
        blocks.stream()
            .map(
                block -> {
                  var batch = new MiniBatch(spec.schema(), DecodeCase.RECORDS);
                  batch.rows().appendRows(block, 0, block.size());
                  batch.ledger().add(block.partition(), block.nextPosition(), block.size(), 0, 0);
                  return batch;
                })
            .toList();
    return new TrainerCase(new Trainer(spec, threads, DivergencePolicy.DEFAULT, mode), batches);
  }

  /** 29 floats, 64 and 32 hidden units, softmax of 10 classes, Adam. */
  static TrainerCase mlp(int threads) {
    return of(
        schema(new InputSpec.Dense(List.of(29)), 10),
        List.of(
            layer("dense", Map.of("units", 64, "activation", "relu")),
            layer("dense", Map.of("units", 32, "activation", "relu")),
            layer("dense", Map.of())),
        "softmax",
        optimizer("adam", Map.of()),
        threads);
  }

  /** Trains on every batch once and gives the mean loss of the last one. */
  double trainAll() {
    StepResult result = new StepResult(0, 0, 0);
    for (MiniBatch batch : batches) {
      result = trainer.train(batch);
    }
    return result.meanLoss();
  }

  /** Closes the trainer after checking that it has learned. */
  @Override
  public void close() {
    Map<String, Double> scores = trainer.metrics("bench", 0, 0).total();
    double accuracy = scores.getOrDefault("accuracy", 0.0);
    trainer.close();
    if (!(accuracy > 0.6)) {
      throw new IllegalStateException("the trainer did not learn: accuracy " + accuracy);
    }
  }

  private static TrainerCase of(
      SampleSchema schema,
      List<ComponentSpec> layers,
      String loss,
      ComponentSpec optimizer,
      int threads) {
    var lossSpec = Losses.variants().spec(loss, Map.of());
    return of(
        new ModelSpec(schema, layers, lossSpec, optimizer, BATCH, SHARDS, SEED), IDS, threads);
  }

  private static TrainerCase of(ModelSpec spec, int ids, int threads) {
    var random = new Random(SEED);
    List<MiniBatch> batches =
        IntStream.range(0, BATCHES).mapToObj(i -> batch(spec.schema(), ids, random, i)).toList();
    return new TrainerCase(new Trainer(spec, threads), batches);
  }

  private static MiniBatch batch(SampleSchema schema, int ids, Random random, int number) {
    var batch = new MiniBatch(schema, BATCH);
    int classes = ((LabelSpec.Classes) schema.label()).names().size();
    long first = (long) number * BATCH;
    for (int row = 0; row < BATCH; row++) {
      double signal = write(batch.rows().column(0), row, ids, random);
      int label = (int) Math.min(classes - 1, classes / (1 + Math.exp(-2 * signal)));
      batch.rows().commitRow(label, 1, 0, first + row);
    }
    batch.ledger().add(new SourcePartition("generated", 0), first + BATCH, BATCH, 0, 0);
    return batch;
  }

  /** Writes an input and says on which side its label lies. */
  private static double write(Column column, int row, int ids, Random random) {
    double signal = 0;
    switch (column) {
      case DenseColumn dense -> {
        for (int i = 0; i < dense.width(); i++) {
          float value = (float) random.nextGaussian();
          Floats.write(dense.values(), dense.start(row) + i, value);
          signal += i % 3 == 0 ? value : 0;
        }
      }
      case SparseColumn sparse -> {
        for (int i = 0; i < ids; i++) {
          int id = (int) Math.abs(random.nextGaussian() * 300);
          sparse.add(id * 97, 1);
          signal += id % 2 == 0 ? 1 : -1;
        }
      }
      case TokenColumn tokens -> throw new IllegalArgumentException("no model here reads tokens");
    }
    return signal;
  }

  private static SampleSchema schema(InputSpec input, int classes) {
    List<String> names = IntStream.range(0, classes).mapToObj(i -> "class-" + i).toList();
    return new SampleSchema(
        List.of(new SampleSchema.Input("x", input)), new LabelSpec.Classes(names));
  }

  private static ComponentSpec layer(String name, Map<String, ?> settings) {
    return Layers.variants().spec(name, settings);
  }

  private static ComponentSpec optimizer(String name, Map<String, ?> settings) {
    return Optimizers.variants().spec(name, settings);
  }
}
