package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The store of a job that keeps no checkpoints. */
final class NoCheckpoints implements CheckpointStore {
  private static final String LACKING = "This job keeps no checkpoints: set checkpoints.directory.";

  @Override
  public Entry write(Checkpoint checkpoint) {
    return new Entry("none", checkpoint.step(), checkpoint.createdAtMillis(), 0);
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
    throw new HeadraceException(LACKING);
  }

  @Override
  public List<Entry> list() {
    return List.of();
  }

  @Override
  public Checkpoint read(String name) {
    throw new HeadraceException(LACKING);
  }

  @Override
  public Optional<Checkpoint> newest(Consumer<String> passedOver) {
    return Optional.empty();
  }
}
