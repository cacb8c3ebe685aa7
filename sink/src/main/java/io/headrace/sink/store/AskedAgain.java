package io.headrace.sink.store;

import io.headrace.engine.error.HeadraceException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A store that is asked again what it did not answer, for work on many objects, which should not
 * end with one bad answer. A write whose answer was lost is then refused because of itself: whoever
 * writes looks at what is there. Thread-safe.
 */
record AskedAgain(ObjectStore store) implements ObjectStore {
  private static final int TRIES = 4;
  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private <T> T asked(Supplier<T> question) {
    for (int tries = 1; ; tries++) {
      try {
        return question.get();
      } catch (HeadraceException e) {
        if (tries == TRIES) {
          throw e;
        }
        LockSupport.parkNanos(WAIT_NANOS << tries);
      }
    }
  }

  private void asked(Runnable question) {
    boolean done =
        asked(
            () -> {
              question.run();
              return true;
            });
    assert done;
  }

  @Override
  public List<Stored> list() {
    return asked(store::list);
  }

  @Override
  public Optional<Stored> find(String key) {
    return asked(() -> store.find(key));
  }

  @Override
  public Optional<String> create(String key, Path content) {
    return asked(() -> store.create(key, content));
  }

  @Override
  public Optional<String> replace(String key, String tag, Path content) {
    return asked(() -> store.replace(key, tag, content));
  }

  @Override
  public Optional<String> read(String key, Path to) {
    return asked(() -> store.read(key, to));
  }

  @Override
  public void readStart(String key, long bytes, Path to) {
    asked(() -> store.readStart(key, bytes, to));
  }

  @Override
  public void delete(String key) {
    asked(() -> store.delete(key));
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
