package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.sample.Positions;
import io.headrace.sink.CheckpointStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A store that does what another one does, for those that do a part of it otherwise. */
abstract class ForwardingStore implements CheckpointStore {
  private final CheckpointStore store;

  ForwardingStore(CheckpointStore store) {
    this.store = store;
  }

  @Override
  public void prepare() {
    store.prepare();
  }

  @Override
  public Entry write(Checkpoint checkpoint) {
    return store.write(checkpoint);
  }

  @Override
  public void markBest(String name) {
    store.markBest(name);
  }

  @Override
  public Optional<String> best() {
    return store.best();
  }

  @Override
  public void hold(String name) {
    store.hold(name);
  }

  @Override
  public Optional<String> goBackTo(String name) {
    return store.goBackTo(name);
  }

  @Override
  public List<Entry> list() {
    return store.list();
  }

  @Override
  public Checkpoint read(String name) {
    return store.read(name);
  }

  @Override
  public Positions positions(String name) {
    return store.positions(name);
  }

  @Override
  public Optional<Checkpoint> newest(Consumer<String> passedOver) {
    return store.newest(passedOver);
  }
}
