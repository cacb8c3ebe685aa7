package io.headrace.sink.foreign;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.ModelSpec;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A model's state before its first step with weights from a file in it. Immutable.
 *
 * @param checkpoint what a run begins with
 * @param taken names of the parameters and statistics that the file gave
 * @param fresh those that keep their own first values
 * @param unused names of the file's tensors that the model has no place for
 */
public record StartingWeights(
    Checkpoint checkpoint, List<String> taken, List<String> fresh, List<String> unused) {
  private static final String PARAMETER = "model.";
  private static final String STATE = "state.";

  public StartingWeights {
    taken = List.copyOf(taken);
    fresh = List.copyOf(fresh);
    unused = List.copyOf(unused);
  }

  /**
   * Reads a file.
   *
   * @param spec of the model
   * @param first a snapshot of it before its first step
   * @throws HeadraceException if the file cannot be read, or its tensors do not fit the model's
   *     names and shapes; the message says each that does not
   */
  public static StartingWeights read(WeightSource source, ModelSpec spec, Checkpoint first) {
    return new Reading(source, spec, first).read();
  }

  /** One reading of one file. */
  private static final class Reading {
    private final WeightSource source;
    private final Checkpoint first;
    private final WeightFile file;
    private final PlacedTensors placed;
    private final TreeMap<String, Tensor> tensors;
    private final List<String> taken = new ArrayList<>();
    private final List<String> fresh = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    Reading(WeightSource source, ModelSpec spec, Checkpoint first) {
      this.source = source;
      this.first = first;
      this.file = WeightFile.read(source);
      this.tensors = new TreeMap<>(first.tensors());
      Map<String, List<Long>> own = new TreeMap<>();
      first
          .tensors()
          .forEach((name, tensor) -> ownName(name).ifPresent(n -> own.put(n, tensor.shape())));
      this.placed = new PlacedTensors(ModelLayer.of(spec), own, file, source.names());
    }

    private static Optional<String> ownName(String name) {
      for (String prefix : List.of(PARAMETER, STATE)) {
        if (name.startsWith(prefix)) {
          return Optional.of(name.substring(prefix.length()));
        }
      }
      return Optional.empty();
    }

    StartingWeights read() {
      first
          .tensors()
          .forEach((name, tensor) -> ownName(name).ifPresent(own -> take(name, own, tensor)));
      Map<String, String> values = values();
      problems.addAll(placed.problems());
      if (!missing.isEmpty() && !source.allowMissing()) {
        problems.add(
            "the file has nothing for %s. Map a tensor to each under names, or set allow-missing: true to let them keep their own first values."
                .formatted(String.join(", ", missing)));
      }
      if (!placed.unused().isEmpty() && !source.allowUnused()) {
        problems.add(
            "nothing of the model is made of %s. Map them under names, or set allow-unused: true to leave them out."
                .formatted(String.join(", ", placed.unused())));
      }
      if (!problems.isEmpty()) {
        throw new HeadraceException(
            "start-from: %s does not fit the model:\n  %s"
                .formatted(source.file(), String.join("\n  ", problems)));
      }
      fresh.addAll(missing);
      var checkpoint =
          new Checkpoint(
              first.job(),
              first.fingerprint(),
              first.step(),
              first.createdAtMillis(),
              first.ledger(),
              new TreeMap<>(values),
              tensors);
      return new StartingWeights(checkpoint, taken, fresh, placed.unused());
    }

    private void take(String name, String own, Tensor tensor) {
      Optional<Recipe> recipe = placed.recipe(own);
      if (recipe.isEmpty()) {
        fresh.add(own);
        return;
      }
      List<Recipe.Part> parts = recipe.get().parts();
      List<Tensor> found = new ArrayList<>();
      List<String> absent = new ArrayList<>();
      for (Recipe.Part part : parts) {
        placed.tensor(own, part).ifPresentOrElse(found::add, () -> absent.add(part.name()));
      }
      if (found.isEmpty()) {
        missing.add(own);
      } else if (!absent.isEmpty()) {
        problems.add(
            "%s needs %s too, which the file does not have."
                .formatted(own, String.join(", ", absent)));
      } else if (fits(own, tensor, parts, found)) {
        tensors.put(name, made(tensor, recipe.get(), found));
        taken.add(own);
      }
    }

    private boolean fits(String own, Tensor tensor, List<Recipe.Part> parts, List<Tensor> found) {
      boolean fits = true;
      for (int i = 0; i < parts.size(); i++) {
        Recipe.Part part = parts.get(i);
        Tensor given = found.get(i);
        if (!given.shape().equals(part.shape()) || given.type() != tensor.type()) {
          problems.add(
              "%s is %s %s, but %s needs %s %s."
                  .formatted(
                      placed.nameOf(own, part),
                      given.type(),
                      given.shape(),
                      own,
                      tensor.type(),
                      part.shape()));
          fits = false;
        }
      }
      return fits;
    }

    private static Tensor made(Tensor own, Recipe recipe, List<Tensor> parts) {
      if (own.type() != TensorType.F32) {
        return new Tensor(own.type(), own.shape(), parts.getFirst().data());
      }
      long count = parts.stream().mapToLong(part -> Floats.count(part.data())).sum();
      float[] all = new float[Math.toIntExact(count)];
      int at = 0;
      for (Tensor part : parts) {
        float[] floats = Floats.toArray(part.data());
        System.arraycopy(floats, 0, all, at, floats.length);
        at += floats.length;
      }
      return new Tensor(own.type(), own.shape(), Floats.of(recipe.make().apply(all)));
    }

    /** What layers count, which our own files have beside the tensors. */
    private Map<String, String> values() {
      Map<String, String> texts = new HashMap<>();
      file.texts()
          .forEach((name, text) -> texts.put(PlacedTensors.path(name, source.names()), text));
      Map<String, String> values = new HashMap<>(first.values());
      for (String name : first.values().keySet()) {
        if (name.startsWith(STATE)) {
          String own = name.substring(STATE.length());
          String given = texts.get(own);
          if (given != null) {
            values.put(name, given);
            taken.add(own);
          } else if (file.layout() instanceof HeadraceLayout) {
            missing.add(own);
          } else {
            fresh.add(own);
          }
        }
      }
      return values;
    }
  }
}
