package io.headrace.app.command;

import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.ObjectStoreSettings;
import io.headrace.sink.checkpoint.CheckpointDamagedException;
import io.headrace.sink.checkpoint.CheckpointNames;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.store.CheckpointPlace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A checkpoint that somebody named: a file, a folder for the newest in it, or either in an object
 * store, of which there is a copy until this is closed. Used by one thread.
 */
final class NamedCheckpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NamedCheckpoint.class);

  private final String text;
  private final Optional<String> name;
  private final StoreOptions options;
  private final Optional<CheckpointPlace> store;

  private NamedCheckpoint(
      String text, Optional<String> name, StoreOptions options, Optional<CheckpointPlace> store) {
    this.text = text;
    this.name = name;
    this.options = options;
    this.store = store;
  }

  static NamedCheckpoint of(String text, StoreOptions options) {
    boolean stored = ObjectStoreSettings.isUrl(text);
    int slash = text.lastIndexOf('/');
    String last = text.substring(slash + 1);
    Optional<String> name = Optional.of(last).filter(CheckpointNames::isName);
    return new NamedCheckpoint(
        text,
        name,
        options,
        stored
            ? Optional.of(options.place(name.isPresent() ? text.substring(0, slash) : text))
            : Optional.empty());
  }

  /**
   * Its file, or, where this machine has it, the folder that was named.
   *
   * @param seal opens it
   * @throws HeadraceException if it is in a store that does not answer, or has none that is whole
   */
  Path file(FileSeal seal) {
    if (store.isEmpty()) {
      return Path.of(text);
    }
    return name.isPresent() ? store.get().file(name.get()) : newest(store.get(), seal);
  }

  private static Path newest(CheckpointPlace place, FileSeal seal) {
    List<String> names = place.list().stream().map(CheckpointPlace.Found::name).toList();
    for (String each : names.reversed()) {
      Path file = place.file(each);
      try {
        long step = DirectoryCheckpointStore.open(file, seal).step();
        assert step >= 0;
        return file;
      } catch (CheckpointDamagedException e) {
        LOG.warn("{} The checkpoint before it is tried.", e.getMessage());
        place.forget(each);
      }
    }
    throw new HeadraceException(
        names.isEmpty()
            ? "There is no checkpoint in %s.".formatted(place.name())
            : "None of the checkpoints in %s can be read: %s.".formatted(place.name(), names));
  }

  /**
   * The place that it is in, for a change there; closed by whoever asks.
   *
   * @throws HeadraceException if what was named is not one checkpoint
   */
  CheckpointPlace place() {
    if (name.isEmpty() || (store.isEmpty() && Files.isDirectory(Path.of(text)))) {
      throw new HeadraceException(
          "%s is not the name of a checkpoint in a folder or store; checkpoints list shows them."
              .formatted(text));
    }
    return store.isPresent()
        ? options.place(text.substring(0, text.lastIndexOf('/')))
        : options.place(Path.of(text).toAbsolutePath().resolveSibling(".").normalize().toString());
  }

  /** Its name in that place. */
  String name() {
    return name.orElseThrow();
  }

  @Override
  public void close() {
    store.ifPresent(CheckpointPlace::close);
  }
}
