package io.headrace.sink.store;

import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.checkpoint.CheckpointNames;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Of an object store, by its claim, which is looked at again before each change. */
final class StoreUpkeep implements CheckpointUpkeep {
  private final ObjectStore store;
  private final FetchedPlace place;
  private final StoreClaim claim;

  /**
   * @param place copies what is put aside
   */
  StoreUpkeep(ObjectStore store, FetchedPlace place, StoreClaim claim) {
    this.store = store;
    this.place = place;
    this.claim = claim;
  }

  @Override
  public void remove(Collection<String> names) {
    for (String name : names.stream().sorted().toList().reversed()) {
      claim.renew();
      store.delete(name);
    }
  }

  /**
   * {@inheritDoc} They are put under {@code behind-STEP/}, with what they build on. The directory
   * of the job puts its own aside when the next run begins.
   */
  @Override
  public Optional<String> goBackTo(String name) {
    long step = CheckpointNames.step(name);
    List<String> later =
        place.list().reversed().stream()
            .filter(found -> found.step() > step)
            .map(CheckpointPlace.Found::name)
            .toList();
    claim.leaveToNoDirectory();
    claim.renew();
    if (later.isEmpty()) {
      return Optional.empty();
    }
    String aside = newFolder("behind-" + step);
    for (String each : later) {
      Path file = place.file(each);
      place
          .base(each)
          .filter(base -> CheckpointNames.step(base) <= step)
          .ifPresent(base -> put(aside + base, file.resolveSibling(base)));
      put(aside + each, file);
      claim.renew();
      store.delete(each);
    }
    return Optional.of(store.name() + aside);
  }

  /** Bases are put once for all that build on them. */
  private void put(String key, Path file) {
    if (store.create(key, file).isEmpty() && store.find(key).isEmpty()) {
      throw new HeadraceException(
          "%s: %s is written by another at the same moment. Try again."
              .formatted(store.name(), key));
    }
  }

  private String newFolder(String name) {
    Set<String> taken =
        store.list().stream()
            .map(ObjectStore.Stored::key)
            .filter(key -> key.contains("/"))
            .map(key -> key.substring(0, key.indexOf('/') + 1))
            .collect(Collectors.toSet());
    return IntStream.iterate(1, number -> number + 1)
        .mapToObj(number -> number == 1 ? name + "/" : name + "-" + number + "/")
        .filter(folder -> !taken.contains(folder))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    claim.end();
  }
}
