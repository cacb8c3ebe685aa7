package io.headrace.sink.store;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Objects by key, each published whole or not at all. Thread-safe. Every method throws {@link
 * io.headrace.engine.error.HeadraceException} if the store does not answer or refuses, after trying
 * again by itself.
 */
public interface ObjectStore extends AutoCloseable {
  /**
   * A stored object.
   *
   * @param tag changes with every write of other bytes
   * @param modifiedMillis when it was put there, by the store's clock
   */
  record Stored(String key, long bytes, String tag, long modifiedMillis) {}

  /** All objects, by key. */
  List<Stored> list();

  /** One object; empty where there is none of that key. */
  Optional<Stored> find(String key);

  /**
   * Puts an object where there is none.
   *
   * @return its tag; empty, and nothing done, if there is one
   */
  Optional<String> create(String key, Path content);

  /**
   * Puts an object in the place of one that nobody has written since.
   *
   * @param tag of that one
   * @return the new one's tag; empty, and nothing done, if it is not there as it was
   */
  Optional<String> replace(String key, String tag, Path content);

  /** Copies an object to a file and returns its tag; empty where there is none. */
  Optional<String> read(String key, Path to);

  /** Copies what an object begins with, at most so many bytes; nothing where there is none. */
  void readStart(String key, long bytes, Path to);

  /** Removes an object; nothing where there is none. */
  void delete(String key);

  /** For messages: {@code s3://bucket/prefix}. */
  String name();

  @Override
  void close();
}
