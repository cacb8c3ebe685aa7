package io.headrace.engine;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.optimizer.GradientClipping;
import io.headrace.engine.optimizer.Schedules;
import io.headrace.engine.privacy.PrivacySpec;
import io.headrace.engine.sample.SampleSchema;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * Everything that decides what is learned from a stream, and nothing that does not: two trainers
 * with equal specs that see the same batches hold the same bits, whatever their threads. Immutable.
 *
 * @param layers in order of the job file; see {@code Layers} for the alternatives
 * @param schedule what the learning rate is multiplied by at each step
 * @param privacy how much may be learned of a single row; empty for no bound
 * @param update how often within a batch the parameters change
 * @param batchSize rows of a full mini-batch
 * @param shards parts that each mini-batch is cut into; gradients are summed in their order
 * @param seed of initialisation and of every random layer
 */
public record ModelSpec(
    SampleSchema schema,
    List<ComponentSpec> layers,
    ComponentSpec loss,
    ComponentSpec optimizer,
    ComponentSpec schedule,
    GradientClipping clipping,
    Optional<PrivacySpec> privacy,
    UpdateMode update,
    int batchSize,
    int shards,
    long seed) {
  public ModelSpec {
    layers = List.copyOf(layers);
  }

  /** A spec of a constant learning rate, of gradients without bounds and one update a batch. */
  public ModelSpec(
      SampleSchema schema,
      List<ComponentSpec> layers,
      ComponentSpec loss,
      ComponentSpec optimizer,
      int batchSize,
      int shards,
      long seed) {
    this(
        schema,
        layers,
        loss,
        optimizer,
        Schedules.variants().spec("constant", Map.of()),
        GradientClipping.NONE,
        Optional.empty(),
        UpdateMode.BATCH,
        batchSize,
        shards,
        seed);
  }

  /** All of this as text, one line a part, by which a checkpoint knows its model. */
  public String fingerprint() {
    var lines = new StringJoiner("\n");
    schema.inputs().forEach(input -> lines.add("input " + input.name() + ": " + input.spec()));
    lines.add("label: " + schema.label());
    for (int i = 0; i < layers.size(); i++) {
      lines.add("model[" + i + "]: " + layers.get(i));
    }
    lines.add("loss: " + loss);
    lines.add("optimizer: " + optimizer);
    lines.add("schedule: " + schedule);
    lines.add("gradient clipping: " + clipping);
    privacy.ifPresent(spec -> lines.add("privacy: " + spec.fingerprint()));
    if (update != UpdateMode.BATCH) { // checkpoints from before there was a choice say nothing
      lines.add("update: " + update.name().toLowerCase(Locale.ROOT));
    }
    lines.add("batch size: " + batchSize);
    lines.add("shards: " + shards);
    lines.add("seed: " + seed);
    return lines.toString();
  }
}
