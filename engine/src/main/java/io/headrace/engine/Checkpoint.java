package io.headrace.engine;

import io.headrace.engine.sample.Ledger;
import io.headrace.engine.state.Stateful;
import io.headrace.engine.state.Tensor;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything needed to go on learning as if nothing had happened: parameters, optimizer slots,
 * running statistics, random state, metrics, and the account of every record up to the next
 * position of each source partition. Immutable, but for the tensors' memory, which nobody may write
 * to.
 *
 * @param job name of the job
 * @param fingerprint text of the {@link ModelSpec} it belongs to
 * @param step steps taken
 * @param values small named values, of the trainer and of whoever composed the job
 * @param tensors named tensors; "parameters" parts are named by layer
 */
public record Checkpoint(
    String job,
    String fingerprint,
    long step,
    long createdAtMillis,
    Ledger ledger,
    SortedMap<String, String> values,
    SortedMap<String, Tensor> tensors) {
  public Checkpoint {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
  }

  /** The same checkpoint with the state of something besides the trainer, under {@code name}. */
  public Checkpoint with(String name, Stateful state) {
    var memory = new SnapshotMemory(CopyRoom.MEMORY);
    state.save(memory.within(name));
    var allValues = new TreeMap<>(values);
    allValues.putAll(memory.values());
    var allTensors = new TreeMap<>(tensors);
    allTensors.putAll(memory.tensors());
    return new Checkpoint(job, fingerprint, step, createdAtMillis, ledger, allValues, allTensors);
  }

  /**
   * Puts back what {@link #with} added.
   *
   * @throws io.headrace.engine.error.HeadraceException if it is not there
   */
  public void restore(String name, Stateful into) {
    into.restore(new CheckpointReader(this).within(name));
  }

  /** The same checkpoint with other values. */
  public Checkpoint withValues(Map<String, String> other) {
    return new Checkpoint(
        job, fingerprint, step, createdAtMillis, ledger, new TreeMap<>(other), tensors);
  }
}
