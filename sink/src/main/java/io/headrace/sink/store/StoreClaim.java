package io.headrace.sink.store;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The right to write to a store, which the one who claimed it last has. It is an object that names
 * the directory, and it is written again, on the condition that nobody else has, before each
 * checkpoint. One thread uses it.
 */
final class StoreClaim {
  static final String KEY = "writer";

  private final ObjectStore store;
  private final Path draft;
  private final String directory;
  private final String run = UUID.randomUUID().toString();
  private final String place;
  private String tag = "";
  private long renewals;

  private StoreClaim(ObjectStore store, Path draft, String directory, InstantSource clock) {
    this.store = store;
    this.draft = draft;
    this.directory = directory;
    this.place =
        "process %d on %s since %s"
            .formatted(ProcessHandle.current().pid(), host(), clock.instant());
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
    boolean same = before.isEmpty() || claim.found().startsWith(directory + "\n");
    Optional<String> tag =
        before.isEmpty()
            ? store.create(KEY, claim.text())
            : store.replace(KEY, before.get(), claim.text());
    claim.tag = tag.or(claim::tagIfOurs).orElseThrow(claim::lost);
    return new Claimed(claim, same);
  }

  /**
   * Goes on holding it.
   *
   * @throws HeadraceException if another one has taken it
   */
  void renew() {
    renewals++;
    tag = store.replace(KEY, tag, text()).or(this::tagIfOurs).orElseThrow(this::lost);
  }

  /** An answer may be lost, and the request made again, which then finds its own write. */
  private Optional<String> tagIfOurs() {
    return store.read(KEY, draft).filter(tag -> found().contains(run));
  }

  private HeadraceException lost() {
    List<String> lines = found().lines().toList();
    return new HeadraceException(
        "%s was taken over by %s, so this run writes nothing to it any more. Stop one of the two, or give each a store.url of its own."
            .formatted(store.name(), lines.size() > 2 ? lines.get(2) : "another run"));
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
      String text = "%s\n%s\n%s\n%d\n".formatted(directory, run, place, renewals);
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

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "an unknown host";
    }
  }
}
