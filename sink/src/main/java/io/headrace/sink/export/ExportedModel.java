package io.headrace.sink.export;

import io.headrace.engine.CaughtUp;
import io.headrace.engine.Checkpoint;
import io.headrace.engine.ModelSpec;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.state.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What leaves a checkpoint when its model is exported: the layers and what they learned. Optimizer
 * slots, metrics, positions and the ledger stay behind. Immutable, but for the tensors' memory,
 * which nobody may write to.
 *
 * @param job name of the job
 * @param step steps taken
 * @param spec layers, inputs, label and loss
 * @param tensors parameters by layer and name ({@code 0.dense.weight}), and the statistics that
 *     layers keep ({@code 1.batch-norm.running.mean})
 * @param counts what layers count of the stream, by name
 * @param preparation what is done to every element of an input before the first layer, by the
 *     input's name
 */
public record ExportedModel(
    String job,
    long step,
    ModelSpec spec,
    SortedMap<String, Tensor> tensors,
    SortedMap<String, String> counts,
    Map<String, List<Preparation>> preparation) {
  private static final String PARAMETER = "model.";
  private static final String STATE = "state.";

  /** One thing that is done to every element of an input. */
  public sealed interface Preparation {
    /**
     * (x - mean) / deviation.
     *
     * @param means one number for all elements, or one for each channel (the last dimension)
     * @param deviations beside {@code means}
     */
    record Normalize(List<Double> means, List<Double> deviations) implements Preparation {
      public Normalize {
        means = List.copyOf(means);
        deviations = List.copyOf(deviations);
      }
    }

    /** Not below the one, not above the other. */
    record Clip(double min, double max) implements Preparation {}

    /** Times a factor. */
    record Scale(double factor) implements Preparation {}
  }

  public ExportedModel {
    tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
    preparation = Map.copyOf(preparation);
  }

  /** The model of {@code spec} as {@code late} has it, weights that are late caught up. */
  public static ExportedModel of(
      ModelSpec spec, Checkpoint late, Map<String, List<Preparation>> preparation) {
    Checkpoint checkpoint = CaughtUp.of(late);
    return new ExportedModel(
        checkpoint.job(),
        checkpoint.step(),
        spec,
        learned(checkpoint.tensors()),
        learned(checkpoint.values()),
        preparation);
  }

  private static <T> SortedMap<String, T> learned(SortedMap<String, T> all) {
    var learned = new TreeMap<String, T>();
    all.forEach(
        (name, value) -> {
          if (name.startsWith(PARAMETER)) {
            learned.put(name.substring(PARAMETER.length()), value);
          } else if (name.startsWith(STATE)) {
            learned.put(name.substring(STATE.length()), value);
          }
        });
    return learned;
  }

  /** The same model with other numbers in its tensors, which keep their names and shapes. */
  public ExportedModel withTensors(SortedMap<String, Tensor> other) {
    return new ExportedModel(job, step, spec, other, counts, preparation);
  }

  /**
   * A tensor by its name.
   *
   * @throws HeadraceException if the checkpoint has none of that name
   */
  Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new HeadraceException(
          "The checkpoint has no tensor %s, which its layers need. It has %s."
              .formatted(name, tensors.keySet()));
    }
    return tensor;
  }
}
