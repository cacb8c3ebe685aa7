package io.headrace.sink.store;

import io.headrace.engine.error.HeadraceException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A store of which some calls fail, by turns before anything is done and when all was. */
final class TroubledObjects implements ObjectStore {
  private final ObjectStore store;
  private final int failEach;
  private int calls;
  private int failures;
  private boolean away;
  private boolean begun;

  /**
   * @param failEach which call fails of each so many; 0 for none
   */
  TroubledObjects(ObjectStore store, int failEach) {
    this.store = store;
    this.failEach = failEach;
  }

  int failures() {
    return failures;
  }

  /** Has calls fail from now on. */
  void begin() {
    begun = true;
  }

  /** Has every call fail from now on, or none. */
  void away(boolean now) {
    away = now;
  }

  private <T> T call(Supplier<T> question) {
    boolean fails = begun && failEach > 0 && ++calls % failEach == 0;
    if (!fails && !away) {
      return question.get();
    }
    failures++;
    if (!away && failures % 2 == 0) {
      var _ = question.get();
    }
    throw new HeadraceException(name() + " does not answer.");
  }

  @Override
  public List<Stored> list() {
    return call(store::list);
  }

  @Override
  public Optional<Stored> find(String key) {
    return call(() -> store.find(key));
  }

  @Override
  public Optional<String> create(String key, Path content) {
    return call(() -> store.create(key, content));
  }

  @Override
  public Optional<String> replace(String key, String tag, Path content) {
    return call(() -> store.replace(key, tag, content));
  }

  @Override
  public Optional<String> read(String key, Path to) {
    return call(() -> store.read(key, to));
  }

  @Override
  public void readStart(String key, long bytes, Path to) {
    run(() -> store.readStart(key, bytes, to));
  }

  @Override
  public void delete(String key) {
    run(() -> store.delete(key));
  }

  private void run(Runnable question) {
    boolean done =
        call(
            () -> {
              question.run();
              return true;
            });
    assert done;
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public void close() {
    store.close();
  }
}
