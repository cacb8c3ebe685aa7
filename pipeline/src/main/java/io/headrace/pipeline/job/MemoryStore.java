package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A store that has one checkpoint to begin from, and remembers the last that was written. */
final class MemoryStore implements CheckpointStore {
  private final Optional<Checkpoint> first;
  private volatile Optional<Checkpoint> last = Optional.empty();

  MemoryStore(Optional<Checkpoint> first) {
    this.first = first;
  }

  /** What was written last. */
  Optional<Checkpoint> last() {
    return last;
  }

  @Override
  public Entry write(Checkpoint checkpoint) {
    last = Optional.of(checkpoint);
    return new Entry("in memory", checkpoint.step(), checkpoint.createdAtMillis(), 0);
  }

  @Override
  public void markBest(String name) {}

  @Override
  public Optional<String> best() {
    return Optional.empty();
  }

  @Override
  public void hold(String name) {}

  @Override
  public Optional<String> goBackTo(String name) {
    throw new HeadraceException("There is no checkpoint " + name + " in memory.");
  }

  @Override
  public List<Entry> list() {
    return List.of();
  }

  @Override
  public Checkpoint read(String name) {
    throw new HeadraceException("There is no checkpoint " + name + " in memory.");
  }

  @Override
  public Optional<Checkpoint> newest(Consumer<String> passedOver) {
    return first;
  }
}
