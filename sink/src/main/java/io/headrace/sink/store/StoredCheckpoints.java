package io.headrace.sink.store;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.CheckpointNames;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints of a directory that an object store has too, the same bytes under the same names: one
 * counts as written when it is in both. What is read is read from the directory, which is filled
 * from the store when this is opened. Two who write to one store cannot mix their checkpoints: the
 * one who opened it last goes on, the other is told so at its next.
 *
 * <p>One thread writes. Whoever opens it closes it, and holds the directory's lock.
 */
public final class StoredCheckpoints implements CheckpointStore, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoredCheckpoints.class);

  /** The file that says who a directory is to a store; a directory without it mirrors none. */
  public static final String IDENTITY = ".store-writer";

  private static final String DRAFT = ".store-draft";

  private final Path directory;
  private final DirectoryCheckpointStore mirror;
  private final ObjectStore store;
  private final StoreClaim claim;

  /** Checkpoints that the store has. */
  private final Set<String> stored = new HashSet<>();

  private StoredCheckpoints(
      Path directory, DirectoryCheckpointStore mirror, ObjectStore store, StoreClaim claim) {
    this.directory = directory;
    this.mirror = mirror;
    this.store = store;
    this.claim = claim;
  }

  /**
   * Claims the store and fills the directory from it. If another directory wrote to the store last,
   * its checkpoints count, and those of this directory that are not among them are moved into a
   * folder in it.
   *
   * @param mirror of {@code directory}, opened to write
   * @param store closed with this
   * @throws HeadraceException if the store does not answer, or is claimed by another at this moment
   */
  public static StoredCheckpoints open(
      Path directory, DirectoryCheckpointStore mirror, ObjectStore store, InstantSource clock) {
    try {
      String identity = identity(directory);
      Path draft = directory.resolve(DRAFT);
      StoreClaim.Claimed claimed = StoreClaim.take(store, draft, identity, clock);
      var checkpoints = new StoredCheckpoints(directory, mirror, store, claimed.claim());
      checkpoints.fill(claimed.same(), clock.millis());
      return checkpoints;
    } catch (IOException e) {
      store.close();
      throw new HeadraceException(
          "checkpoints.directory: %s cannot be filled from %s: %s. Make room, or check the folder's rights."
              .formatted(directory, store.name(), e.getMessage()),
          e);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private static String identity(Path directory) throws IOException {
    Path file = directory.resolve(IDENTITY);
    if (!Files.exists(file)) {
      Files.writeString(file, UUID.randomUUID().toString());
    }
    return Files.readString(file).strip();
  }

  private void fill(boolean same, long now) throws IOException {
    store.list().stream()
        .map(ObjectStore.Stored::key)
        .filter(CheckpointNames::isName)
        .forEach(stored::add);
    if (!same) {
      putAside(now);
    }
    for (String name : stored) {
      if (!same || !Files.exists(directory.resolve(name))) {
        var _ = fetch(store, name, directory);
      }
    }
    var _ = fetch(store, DirectoryCheckpointStore.BEST, directory);
  }

  private void putAside(long now) throws IOException {
    Path aside = directory.resolve("not-in-store-" + now);
    for (Entry entry : mirror.list()) {
      if (!stored.contains(entry.name())) {
        Files.createDirectories(aside);
        Files.move(directory.resolve(entry.name()), aside.resolve(entry.name()));
        LOG.warn(
            "{} has checkpoints of another directory; {} of this one is now in {}",
            store.name(),
            entry.name(),
            aside);
      }
    }
  }

  /**
   * Copies an object to a directory, where it appears whole, and returns its tag; empty where the
   * store has none.
   *
   * @throws IOException if it cannot be written there
   */
  static Optional<String> fetch(ObjectStore store, String key, Path directory) throws IOException {
    Path unfinished = directory.resolve(DRAFT);
    try {
      Optional<String> tag = store.read(key, unfinished);
      if (tag.isEmpty()) {
        return tag;
      }
      Files.move(
          unfinished,
          directory.resolve(key),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      return tag;
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  @Override
  public void prepare() {
    mirror.prepare();
  }

  /**
   * {@inheritDoc} Where the store does not take it, it stays in the directory, and goes up with the
   * next one that builds on it.
   */
  @Override
  public Entry write(Checkpoint checkpoint) {
    Entry entry = mirror.write(checkpoint);
    claim.renew();
    entry.base().filter(base -> !stored.contains(base)).ifPresent(this::upload);
    upload(entry.name());
    removeAllBut(mirror.list().stream().map(Entry::name).toList());
    return entry;
  }

  private void upload(String name) {
    Path file = directory.resolve(name);
    Optional<String> tag = store.create(name, file);
    if (tag.isEmpty()) { // ours of an earlier try, or of a step that was taken twice: we may
      tag = store.find(name).flatMap(there -> store.replace(name, there.tag(), file));
    }
    if (tag.isEmpty()) {
      throw new HeadraceException(
          "%s: %s is written by another run at the same moment. Give each run a store.url of its own."
              .formatted(store.name(), name));
    }
    stored.add(name);
  }

  /** Newer ones first, so that none is ever without its base. */
  private void removeAllBut(List<String> kept) {
    List<String> old =
        stored.stream().filter(name -> !kept.contains(name)).sorted().toList().reversed();
    for (String name : old) {
      try {
        store.delete(name);
        stored.remove(name);
      } catch (HeadraceException e) {
        LOG.warn("{} It is tried again with the next checkpoint.", e.getMessage());
        return;
      }
    }
  }

  @Override
  public void markBest(String name) {
    mirror.markBest(name);
    claim.renew();
    Path draft = directory.resolve(DRAFT);
    try {
      Files.writeString(draft, name + "\n", StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String key = DirectoryCheckpointStore.BEST;
    Optional<String> tag =
        store
            .find(key)
            .map(there -> store.replace(key, there.tag(), draft))
            .orElseGet(() -> store.create(key, draft));
    if (tag.isEmpty()) {
      throw new HeadraceException(
          "%s: the mark of the best is written by another run at the same moment."
              .formatted(store.name()));
    }
  }

  @Override
  public Optional<String> best() {
    return mirror.best();
  }

  @Override
  public void hold(String name) {
    mirror.hold(name);
  }

  /** {@inheritDoc} The store forgets them first: what it has would come back with the next run. */
  @Override
  public Optional<String> goBackTo(String name) {
    if (stored.contains(name)) {
      claim.renew();
      for (String later : stored.stream().sorted().toList().reversed()) {
        if (later.compareTo(name) > 0) {
          store.delete(later);
          stored.remove(later);
        }
      }
    }
    return mirror.goBackTo(name);
  }

  @Override
  public List<Entry> list() {
    return mirror.list();
  }

  @Override
  public Checkpoint read(String name) {
    return mirror.read(name);
  }

  @Override
  public Positions positions(String name) {
    return mirror.positions(name);
  }

  @Override
  public Optional<Checkpoint> newest(Consumer<String> passedOver) {
    return mirror.newest(passedOver);
  }

  /** Says in the store that this run writes no more, for those who look after what it has. */
  @Override
  public void close() {
    claim.end();
    store.close();
  }
}
