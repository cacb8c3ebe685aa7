package io.headrace.sink.store;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write to a store, which the one who claimed it last has. It is an object that names
 * the directory, and it is written again, on the condition that nobody else has, before each
 * checkpoint. One thread uses it.
 */
final class StoreClaim {
  static final String KEY = "writer";

  /** In the place of a directory's identity: whatever comes next counts as the same. */
  private static final String NO_DIRECTORY = "-";

  private static final Logger LOG = LoggerFactory.getLogger(StoreClaim.class);

  private final ObjectStore store;
  private final Path draft;
  private final String run = UUID.randomUUID().toString();
  private final Holder holder;
  private String directory;
  private boolean holds;
  private boolean ended;
  private String tag = "";
  private long renewals;

  private StoreClaim(ObjectStore store, Path draft, String directory, InstantSource clock) {
    this.store = store;
    this.draft = draft;
    this.directory = directory;
    this.holder = Holder.here(clock);
  }

  /**
   * What was found when a store was claimed.
   *
   * @param same whether the last one to claim it did so for the same directory
   */
  record Claimed(StoreClaim claim, boolean same) {}

  /**
   * Takes the store from whoever had it.
   *
   * @param draft a file that may be written for a moment
   * @param directory identity of the directory that mirrors the store
   * @throws HeadraceException if another one takes it at the same moment
   */
  static Claimed take(ObjectStore store, Path draft, String directory, InstantSource clock) {
    var claim = new StoreClaim(store, draft, directory, clock);
    Optional<String> before = store.read(KEY, draft);
    String last = before.isEmpty() ? NO_DIRECTORY : claim.found().lines().findFirst().orElse("");
    claim.claim(before);
    return new Claimed(claim, last.equals(directory) || last.equals(NO_DIRECTORY));
  }

  /**
   * Takes it for upkeep between two runs; the directory that wrote last stays the one that did.
   *
   * @param takeOver even from one who has not said that it ended
   * @throws HeadraceException if another one has it, or takes it at the same moment
   */
  static StoreClaim hold(ObjectStore store, Path draft, InstantSource clock, boolean takeOver) {
    Optional<String> before = store.read(KEY, draft);
    var claim = new StoreClaim(store, draft, NO_DIRECTORY, clock);
    if (before.isPresent()) {
      List<String> lines = claim.found().lines().toList();
      claim.directory = lines.isEmpty() ? NO_DIRECTORY : lines.getFirst();
      if (!takeOver && !Holder.of(lines).isGone()) {
        throw new HeadraceException(
            "%s is written to by %s, which has not said that it ended. Stop it; if it was killed, say --take-over."
                .formatted(store.name(), Holder.of(lines)));
      }
    }
    claim.claim(before);
    return claim;
  }

  /**
   * @param before tag of what was read; empty where there was nothing
   */
  private void claim(Optional<String> before) {
    Optional<String> now =
        before.isEmpty() ? store.create(KEY, text()) : store.replace(KEY, before.get(), text());
    tag = now.or(this::tagIfOurs).orElseThrow(this::lost);
    holds = true;
  }

  /** Has the next run, of whatever directory, take what the store has for all that counts. */
  void leaveToNoDirectory() {
    directory = "taken back by " + run;
  }

  /**
   * Goes on holding it.
   *
   * @throws HeadraceException if another one has taken it
   */
  void renew() {
    renewals++;
    holds = false;
    tag = store.replace(KEY, tag, text()).or(this::tagIfOurs).orElseThrow(this::lost);
    holds = true;
  }

  /** Says that it writes no more, unless another has taken the store, or it did not answer. */
  void end() {
    if (!holds) {
      return;
    }
    holds = false;
    try {
      ended = true;
      var _ = store.replace(KEY, tag, text());
    } catch (HeadraceException e) {
      LOG.warn("{} Whoever takes the store for upkeep is told that it is in use.", e.getMessage());
    }
  }

  /** An answer may be lost, and the request made again, which then finds its own write. */
  private Optional<String> tagIfOurs() {
    return store.read(KEY, draft).filter(tag -> found().contains(run));
  }

  private HeadraceException lost() {
    return new HeadraceException(
        "%s was taken over by %s, so this run writes nothing to it any more. Stop one of the two, or give each a store.url of its own."
            .formatted(store.name(), Holder.of(found().lines().toList())));
  }

  /** What was read last. */
  private String found() {
    try {
      return Files.readString(draft, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private Path text() {
    try {
      String text =
          "%s\n%s\n%s\n%d\n%s"
              .formatted(directory, run, holder, renewals, ended ? Holder.ENDED + "\n" : "");
      return Files.writeString(draft, text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private HeadraceException unwritable(IOException e) {
    return new HeadraceException(
        "%s cannot be written or read: %s. Make room, or check the folder's rights."
            .formatted(draft, e.getMessage()),
        e);
  }
}
