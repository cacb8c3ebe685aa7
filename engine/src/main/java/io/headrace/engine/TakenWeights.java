package io.headrace.engine;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.state.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one checkpoint in the state of a model that is not the one it belongs to. Taken
 * are parameters whose name and shape agree, and a layer's running statistics where all of them do.
 * The optimizer, its schedule, the metrics and the watch over the loss begin anew; steps go on
 * being counted, and so do positions and ledger.
 *
 * @param checkpoint what the other model goes on from
 * @param taken names of the parameters and statistics that were taken
 * @param fresh what keeps its first values, and why, in words
 * @param unused names of parameters and statistics that the other model has no place for
 */
public record TakenWeights(
    Checkpoint checkpoint, List<String> taken, List<String> fresh, List<String> unused) {
  private static final String PARAMETER = "model.";
  private static final String STATE = "state.";
  private static final String PRIVACY = "privacy.epsilon";

  public TakenWeights {
    taken = List.copyOf(taken);
    fresh = List.copyOf(fresh);
    unused = List.copyOf(unused);
  }

  /**
   * Joins them. Weights that are late in the one are caught up first.
   *
   * @param late whose weights, positions and ledger are taken
   * @param first a snapshot of the other model before its first step
   * @throws HeadraceException if both models were bound to an account of privacy: what the first
   *     one spent would be lost
   */
  public static TakenWeights of(Checkpoint late, Checkpoint first) {
    Checkpoint from = CaughtUp.of(late);
    if (from.values().containsKey(PRIVACY) && first.values().containsKey(PRIVACY)) {
      throw new HeadraceException(
          "The checkpoint of job %s at step %d has spent an epsilon of %s, which a changed job cannot account for. Go back to the job that it belongs to, remove privacy, or start with --fresh."
              .formatted(from.job(), from.step(), from.values().get(PRIVACY)));
    }
    var tensors = new TreeMap<>(first.tensors());
    var values = new TreeMap<>(first.values());
    List<String> taken = new ArrayList<>();
    List<String> fresh = new ArrayList<>();
    SortedSet<String> places = new TreeSet<>();
    for (String name : first.tensors().keySet()) {
      if (name.startsWith(PARAMETER)) {
        places.add(name);
      } else if (name.startsWith(STATE)) {
        places.add(owner(name));
      }
    }
    for (String place : places) {
      List<String> differences = differences(from, first, place);
      if (differences.isEmpty()) {
        taken.add(place);
        tensors.putAll(part(from.tensors(), place));
        part(values, place).keySet().forEach(values::remove);
        values.putAll(part(from.values(), place));
      } else {
        fresh.addAll(differences);
      }
    }
    List<String> unused =
        from.tensors().keySet().stream()
            .filter(name -> name.startsWith(PARAMETER) || name.startsWith(STATE))
            .filter(name -> places.stream().noneMatch(place -> isPart(name, place)))
            .toList();
    var joined =
        new Checkpoint(
            first.job(),
            first.fingerprint(),
            from.step(),
            from.createdAtMillis(),
            from.ledger(),
            values,
            tensors);
    return new TakenWeights(joined, taken, fresh, unused);
  }

  /**
   * How the parameters and statistics of two checkpoints differ in names, types and shapes, one
   * line each: {@code model.0.dense.weight: was F32 [16, 8], is F32 [32, 8]}.
   */
  public static List<String> shapeDifferences(Checkpoint before, Checkpoint now) {
    SortedSet<String> names = new TreeSet<>(before.tensors().keySet());
    names.addAll(now.tensors().keySet());
    names.removeIf(name -> !name.startsWith(PARAMETER) && !name.startsWith(STATE));
    return names.stream().flatMap(name -> differences(before, now, name).stream()).toList();
  }

  private static List<String> differences(Checkpoint before, Checkpoint now, String place) {
    SortedSet<String> names = new TreeSet<>(part(before.tensors(), place).keySet());
    names.addAll(part(now.tensors(), place).keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String was = described(before.tensors().get(name));
      String is = described(now.tensors().get(name));
      if (!was.equals(is)) {
        differences.add(name + ": was " + was + ", is " + is);
      }
    }
    return differences;
  }

  private static String described(@Nullable Tensor tensor) {
    return tensor == null ? "absent" : tensor.type() + " " + tensor.shape();
  }

  /** The layer that a tensor of running statistics belongs to. */
  private static String owner(String name) {
    return name.substring(0, name.lastIndexOf('.'));
  }

  private static boolean isPart(String name, String place) {
    return name.equals(place) || name.startsWith(place + ".");
  }

  private static <T> SortedMap<String, T> part(SortedMap<String, T> all, String place) {
    var part = new TreeMap<String, T>();
    all.forEach(
        (name, value) -> {
          if (isPart(name, place)) {
            part.put(name, value);
          }
        });
    return part;
  }
}
