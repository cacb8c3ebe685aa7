package io.headrace.sink.store;

import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.checkpoint.CheckpointHead;
import io.headrace.sink.checkpoint.CheckpointNames;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.seal.FileSeal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Encrypts the checkpoints of a store anew, those that were put aside too, while no run writes to
 * it. Each object changes at once, on the condition that it is still as it was read: killed in
 * between, or with another one at the same work, every one is as it was or anew, and it can be run
 * again. One thread uses it.
 */
public final class StoreRewrap {
  private static final Pattern CHECKPOINT = Pattern.compile("(behind-[\\d-]+/)?([^/]+)");

  private final ObjectStore store;
  private final Path folder;
  private final FileSeal from;
  private final FileSeal to;
  private final Predicate<Path> wanted;

  /**
   * @param folder for copies, this one's alone
   * @param from opens them as they are
   * @param wanted whether a file that begins so is to be encrypted anew
   */
  public StoreRewrap(
      ObjectStore store, Path folder, FileSeal from, FileSeal to, Predicate<Path> wanted) {
    this.store = new AskedAgain(store);
    this.folder = folder;
    this.from = from;
    this.to = to;
    this.wanted = wanted;
  }

  /**
   * Does it.
   *
   * @param takeOver even where the last one who wrote there has not said that it ended
   * @return how many were written anew
   * @throws HeadraceException if a run writes there, the store does not answer, or a checkpoint is
   *     damaged or its key is not at hand; what came before is done
   */
  public int run(boolean takeOver) throws IOException {
    Files.createDirectories(folder);
    List<ObjectStore.Stored> all = store.list().stream().filter(StoreRewrap::isCheckpoint).toList();
    var heads = new StoredHeads(store, folder);
    Set<String> bases = new HashSet<>();
    Set<String> outdated = new HashSet<>();
    for (ObjectStore.Stored object : all) {
      Optional<CheckpointHead> head = heads.head(object);
      head.flatMap(CheckpointHead::base).ifPresent(base -> bases.add(beside(object.key(), base)));
      if (object.bytes() > 0 && wanted.test(heads.draft())) {
        outdated.add(object.key());
      }
    }
    if (outdated.isEmpty()) {
      return 0;
    }
    Path draft = folder.resolve(StoreClaim.KEY);
    StoreClaim claim = StoreClaim.hold(store, draft, InstantSource.system(), takeOver);
    int rewritten = 0;
    for (ObjectStore.Stored object : all) {
      if (outdated.contains(object.key())) {
        claim.renew();
        rewritten += rewrite(object.key(), bases) ? 1 : 0;
      }
    }
    claim.end();
    return rewritten;
  }

  private static boolean isCheckpoint(ObjectStore.Stored object) {
    var parts = CHECKPOINT.matcher(object.key());
    return parts.matches() && CheckpointNames.isName(parts.group(2));
  }

  private static String beside(String key, String name) {
    return key.substring(0, key.lastIndexOf('/') + 1) + name;
  }

  /**
   * @return false if it was deleted since, or another one has done it
   */
  private boolean rewrite(String key, Set<String> bases) throws IOException {
    Path file = folder.resolve(key);
    Files.createDirectories(file.resolveSibling("."));
    Optional<String> tag = StoredCheckpoints.fetch(store, key, folder);
    if (tag.isEmpty() || !wanted.test(file)) {
      return false;
    }
    Optional<String> base = CheckpointHead.read(file).flatMap(CheckpointHead::base);
    if (base.isPresent() && !Files.exists(file.resolveSibling(base.get()))) {
      var _ = StoredCheckpoints.fetch(store, beside(key, base.get()), folder);
    }
    DirectoryCheckpointStore.rewrite(file, from, to);
    boolean done = store.replace(key, tag.get(), file).isPresent();
    if (!done && store.find(key).isPresent()) {
      requireDone(key);
    }
    if (!bases.contains(key)) {
      Files.delete(file);
    }
    return done;
  }

  private void requireDone(String key) throws IOException {
    Path other = folder.resolve(StoredHeads.DRAFT);
    if (store.read(key, other).isPresent() && wanted.test(other)) {
      throw new HeadraceException(
          "%s: %s was written by another at the same moment. Stop the job, and run this again."
              .formatted(store.name(), key));
    }
  }
}
