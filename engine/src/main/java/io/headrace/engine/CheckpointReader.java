package io.headrace.engine;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the state in a checkpoint, checking that it is what the model needs. */
record CheckpointReader(Checkpoint checkpoint) implements StateReader {

  /** Stops if the checkpoint belongs to another model, saying what differs. */
  void requireSpec(ModelSpec spec) {
    String ours = spec.fingerprint();
    if (ours.equals(checkpoint.fingerprint())) {
      return;
    }
    var differences = new StringBuilder();
    Map<String, String> now = lines(ours);
    Map<String, String> then = lines(checkpoint.fingerprint());
    var names = new TreeMap<>(now);
    names.putAll(then);
    for (String name : names.keySet()) {
      String was = then.getOrDefault(name, "absent");
      String is = now.getOrDefault(name, "absent");
      if (!was.equals(is)) {
        differences.append("\n  ").append(name).append(": ").append(was);
        differences.append(" in the checkpoint, ").append(is).append(" in the job");
      }
    }
    throw new HeadraceException(
        "The checkpoint of job "
            + checkpoint.job()
            + " at step "
            + checkpoint.step()
            + " belongs to another model:"
            + differences
            + "\nGo back to those values, or start again with another checkpoint directory.");
  }

  private static Map<String, String> lines(String fingerprint) {
    var lines = new TreeMap<String, String>();
    for (String line : fingerprint.split("\n", -1)) {
      int colon = line.indexOf(": ");
      if (colon > 0) {
        lines.put(line.substring(0, colon), line.substring(colon + 2));
      }
    }
    return lines;
  }

  /**
   * What the named tensor holds, shared.
   *
   * @throws HeadraceException as {@link #tensor(String, TensorType, long[], MemorySegment)} does
   */
  MemorySegment data(String name, TensorType type, long[] shape) {
    List<Long> expected = Arrays.stream(shape).boxed().toList();
    Tensor tensor =
        tensor(name)
            .orElseThrow(() -> damaged(name + " is missing; expected " + type + " " + expected));
    if (tensor.type() != type || !tensor.shape().equals(expected)) {
      String found = tensor.type() + " " + tensor.shape();
      throw damaged(name + " is " + found + ", but the model needs " + type + " " + expected);
    }
    return tensor.data();
  }

  @Override
  public void tensor(String name, TensorType type, long[] shape, MemorySegment into) {
    into.copyFrom(data(name, type, shape));
  }

  @Override
  public Optional<Tensor> tensor(String name) {
    return Optional.ofNullable(checkpoint.tensors().get(name));
  }

  @Override
  public Optional<String> value(String name) {
    return Optional.ofNullable(checkpoint.values().get(name));
  }

  private HeadraceException damaged(String problem) {
    return new HeadraceException(
        "The checkpoint of job " + checkpoint.job() + " does not fit: " + problem + ".");
  }
}
