package io.headrace.engine;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.sample.SampleSchema;
import java.util.List;

/**
 * Everything that decides what is learned from a stream, and nothing that does not: two trainers
 * with equal specs that see the same batches hold the same bits, whatever their threads. Immutable.
 *
 * @param layers in order of the job file; see {@code Layers} for the alternatives
 * @param batchSize rows of a full mini-batch
 * @param shards parts that each mini-batch is cut into; gradients are summed in their order
 * @param seed of initialisation and of every random layer
 */
public record ModelSpec(
    SampleSchema schema,
    List<ComponentSpec> layers,
    ComponentSpec loss,
    ComponentSpec optimizer,
    int batchSize,
    int shards,
    long seed) {
  public ModelSpec {
    layers = List.copyOf(layers);
  }
}
