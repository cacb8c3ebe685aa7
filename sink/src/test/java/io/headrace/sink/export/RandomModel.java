package io.headrace.sink.export;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.ModelSpec;
import io.headrace.engine.Trainer;
import io.headrace.engine.config.ComponentList;
import io.headrace.engine.layer.Layers;
import io.headrace.engine.loss.Losses;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.Optimizers;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import java.util.List;
import java.util.Map;

/** A model that has learned a little from noise, so that nothing in it is 0 or 1 by chance. */
public final class RandomModel implements AutoCloseable {
  private static final int BATCH = 8;

  private final SampleSchema schema;
  private final ModelSpec spec;
  private final Trainer trainer;
  private final NoiseRows noise;

  public RandomModel(
      Map<String, InputSpec> inputs, LabelSpec label, String loss, Object... layers) {
    this.schema =
        new SampleSchema(
            inputs.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> new SampleSchema.Input(entry.getKey(), entry.getValue()))
                .toList(),
            label);
    this.spec =
        new ModelSpec(
            schema,
            new ComponentList(Layers::variants).apply(List.of(layers)),
            Losses.variants().spec(loss, Map.of()),
            Optimizers.variants().spec("adam", Map.of("learning-rate", 0.05)),
            BATCH,
            2,
            7);
    this.noise = new NoiseRows(schema);
    this.trainer = new Trainer(spec, 1);
    for (int step = 0; step < 5; step++) {
      var batch = new MiniBatch(schema, BATCH);
      noise.fill(batch.rows());
      trainer.train(batch);
    }
  }

  public ModelSpec spec() {
    return spec;
  }

  public Checkpoint checkpoint() {
    return trainer.snapshot("noise", 0);
  }

  public ExportedModel exported() {
    return ExportedModel.of(spec, checkpoint(), Map.of());
  }

  public SampleBlock rows() {
    var rows = new SampleBlock(schema, BATCH);
    noise.fill(rows);
    return rows;
  }

  /** Outputs of all rows, one behind the other. */
  public float[] predict(SampleBlock rows) {
    var outputs = Floats.allocate((long) rows.size() * trainer.outputWidth());
    trainer.predict(rows, outputs);
    float[] values = new float[rows.size() * trainer.outputWidth()];
    Floats.copyOut(outputs, 0, values);
    return values;
  }

  @Override
  public void close() {
    trainer.close();
  }
}
