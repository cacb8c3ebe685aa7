package io.headrace.sink.store;

import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.CheckpointHead;
import io.headrace.sink.checkpoint.CheckpointNames;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A part of an object store; what is asked for is copied to a folder of this machine. Nothing is
 * written to the store but by who {@link #hold holds} it.
 */
public final class FetchedPlace implements CheckpointPlace {
  private final ObjectStore store;
  private final Path folder;

  /** Of each copy, the tag of what it is a copy of. */
  private final Map<String, String> tags = new HashMap<>();

  private final Optional<CopiesFolder> own;

  /**
   * @param store closed with this
   * @param folder for copies, this one's alone; those of an earlier process are fetched again when
   *     they are asked for
   */
  public FetchedPlace(ObjectStore store, Path folder) {
    this(store, folder, Optional.empty());
  }

  private FetchedPlace(ObjectStore store, Path folder, Optional<CopiesFolder> own) {
    this.store = store;
    this.folder = folder;
    this.own = own;
  }

  /** One whose copies go when it is closed. */
  public static FetchedPlace withTemporaryFolder(ObjectStore store) {
    try {
      CopiesFolder folder = CopiesFolder.temporary();
      return new FetchedPlace(store, folder.path(), Optional.of(folder));
    } catch (HeadraceException e) {
      store.close();
      throw e;
    }
  }

  @Override
  public List<Found> list() {
    return store.list().stream()
        .filter(object -> CheckpointNames.isName(object.key()))
        .map(
            object ->
                new Found(
                    object.key(),
                    CheckpointNames.step(object.key()),
                    object.bytes(),
                    object.modifiedMillis()))
        .sorted(Comparator.comparingLong(Found::step))
        .toList();
  }

  @Override
  public Path file(String name) {
    if (!CheckpointNames.isName(name)) {
      throw new HeadraceException(name + " is not the name of a checkpoint.");
    }
    copy(name);
    base(name).ifPresent(this::copy);
    return folder.resolve(name);
  }

  /** What a copy builds on, as its label says, which nobody has verified. */
  Optional<String> base(String name) {
    return DirectoryCheckpointStore.forReading(folder).list().stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .flatMap(CheckpointStore.Entry::base);
  }

  @Override
  public List<CheckpointStore.Entry> entries() {
    var heads = new StoredHeads(store, folder);
    List<CheckpointStore.Entry> entries = new ArrayList<>();
    for (ObjectStore.Stored object : store.list()) {
      if (CheckpointNames.isName(object.key())) {
        Optional<CheckpointHead> head = heads.head(object);
        entries.add(
            new CheckpointStore.Entry(
                object.key(),
                CheckpointNames.step(object.key()),
                head.flatMap(FetchedPlace::created).orElse(object.modifiedMillis()),
                object.bytes(),
                head.flatMap(CheckpointHead::base)));
      }
    }
    entries.sort(Comparator.comparingLong(CheckpointStore.Entry::step));
    return entries;
  }

  private static Optional<Long> created(CheckpointHead head) {
    return head.createdAtMillis().stream().boxed().findFirst();
  }

  @Override
  public Optional<String> best() {
    Path mark = folder.resolve(StoredHeads.DRAFT);
    try {
      Files.createDirectories(folder);
      if (store.read(DirectoryCheckpointStore.BEST, mark).isEmpty()) {
        return Optional.empty();
      }
      String name = Files.readString(mark, StandardCharsets.ISO_8859_1).strip();
      return CheckpointNames.isName(name)
          ? store.find(name).map(ObjectStore.Stored::key)
          : Optional.empty();
    } catch (IOException e) {
      throw uncopied(DirectoryCheckpointStore.BEST, e);
    }
  }

  @Override
  public CheckpointUpkeep hold(boolean takeOver) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw uncopied(StoreClaim.KEY, e);
    }
    Path draft = folder.resolve(StoreClaim.KEY);
    var asked = new AskedAgain(store);
    return new StoreUpkeep(
        asked, this, StoreClaim.hold(asked, draft, InstantSource.system(), takeOver));
  }

  private void copy(String name) {
    Optional<String> copied = Optional.ofNullable(tags.get(name));
    if (copied.isPresent()
        && Files.exists(folder.resolve(name))
        && store.find(name).map(ObjectStore.Stored::tag).equals(copied)) {
      return;
    }
    tags.remove(name);
    try {
      Files.createDirectories(folder);
      tags.put(name, StoredCheckpoints.fetch(store, name, folder).orElseThrow(() -> gone(name)));
    } catch (IOException e) {
      throw uncopied(name, e);
    }
  }

  private HeadraceException uncopied(String name, IOException e) {
    return new HeadraceException(
        "%s cannot be copied from %s to %s: %s. Make room, or check the folder's rights."
            .formatted(name, store.name(), folder, e.getMessage()),
        e);
  }

  private HeadraceException gone(String name) {
    return new HeadraceException(
        "There is no %s in %s; it may have been deleted since, for newer ones."
            .formatted(name, store.name()));
  }

  @Override
  public void keepOnly(String name) {
    Optional<String> base = base(name);
    DirectoryCheckpointStore.forReading(folder).list().stream()
        .map(CheckpointStore.Entry::name)
        .filter(copy -> !copy.equals(name) && !base.equals(Optional.of(copy)))
        .forEach(this::delete);
  }

  @Override
  public void forget(String name) {
    base(name).ifPresent(this::delete);
    delete(name);
  }

  private void delete(String name) {
    tags.remove(name);
    try {
      Files.deleteIfExists(folder.resolve(name));
    } catch (IOException e) {
      throw new HeadraceException(
          "%s cannot be deleted: %s. Check the folder's rights."
              .formatted(folder.resolve(name), e.getMessage()),
          e);
    }
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public void close() {
    store.close();
    own.ifPresent(CopiesFolder::close);
  }
}
