package io.headrace.sink.checkpoint;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.Rewriting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps checkpoints as files of a directory, {@code checkpoint-000000012345.safetensors} by step.
 *
 * <p>A checkpoint is written to a temporary file beside its place, forced to the disk, renamed, and
 * the directory is forced too: after a crash at any point it is there completely or not at all.
 * Then the oldest beyond those to keep are deleted, never the one just written, never one that is
 * held, and never the best, whose name is in the file {@code best}.
 *
 * <p>One thread writes; any number of threads and processes may list and read meanwhile.
 */
public final class DirectoryCheckpointStore implements CheckpointStore {
  /** The file that has the best checkpoint's name in it. */
  public static final String BEST = "best";

  /** More than so many would hang on one file, and what they have in common would grow old. */
  private static final int MOST_ON_A_BASE = 16;

  private static final Logger LOG = LoggerFactory.getLogger(DirectoryCheckpointStore.class);

  private final Path directory;
  private final int keep;
  private final boolean incremental;
  private final FileSeal seal;

  /** What the next checkpoint may build on; the writer's own. */
  private CheckpointLayout.@Nullable Base base;

  private int builtOnBase;

  private volatile String held = "";

  private DirectoryCheckpointStore(Path directory, int keep, boolean incremental, FileSeal seal) {
    this.directory = directory;
    this.keep = keep;
    this.incremental = incremental;
    this.seal = seal;
  }

  /** One of checkpoints that may be incremental, and are not encrypted. */
  public static DirectoryCheckpointStore forWriting(Path directory, int keep) {
    return forWriting(directory, keep, true, FileSeal.NONE);
  }

  /**
   * Opens a directory for the one who writes to it: creates it where needed, and removes what a
   * crash has left half-written.
   *
   * @param keep how many checkpoints to keep, at least 1
   * @param incremental whether a checkpoint may have only what changed since another
   * @param seal how they come to the disk
   * @throws HeadraceException if it is no directory or cannot be written to
   */
  public static DirectoryCheckpointStore forWriting(
      Path directory, int keep, boolean incremental, FileSeal seal) {
    if (keep < 1) {
      throw new IllegalArgumentException("keep " + keep + " is not >= 1");
    }
    try {
      Files.createDirectories(directory);
      CheckpointNames.removeUnfinished(directory);
      Path probe = Files.createTempFile(directory, "checkpoint-probe", CheckpointNames.UNFINISHED);
      Files.delete(probe);
    } catch (IOException e) {
      throw new HeadraceException(
          "checkpoints.directory: "
              + directory
              + " cannot be written to ("
              + Failures.reason(e)
              + "). Name a directory that can, or give this user the right to.",
          e);
    }
    return new DirectoryCheckpointStore(directory, keep, incremental, seal);
  }

  /**
   * Opens a directory to list and read only; one that does not exist holds nothing. Its {@link
   * #write} works as well, but nothing is checked or removed beforehand.
   */
  public static DirectoryCheckpointStore forReading(Path directory, FileSeal seal) {
    return new DirectoryCheckpointStore(directory, Integer.MAX_VALUE, false, seal);
  }

  /** One to list, and to read what is not encrypted. */
  public static DirectoryCheckpointStore forReading(Path directory) {
    return forReading(directory, FileSeal.NONE);
  }

  @Override
  public void prepare() {
    CheckpointFile.rehearse();
  }

  @Override
  public Entry write(Checkpoint checkpoint) {
    String name = CheckpointNames.name(checkpoint.step());
    Path file = directory.resolve(name);
    Path unfinished = directory.resolve(name + CheckpointNames.UNFINISHED);
    try {
      Map<String, long[]> hashes = CheckpointLayout.hashes(checkpoint);
      CheckpointLayout layout = layout(name, checkpoint, hashes);
      Entry entry;
      try {
        String sha256 = writeAndForce(layout, seal, unfinished);
        entry =
            new Entry(
                name,
                checkpoint.step(),
                checkpoint.createdAtMillis(),
                Files.size(unfinished),
                layout.base().map(CheckpointLayout.Base::name));
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        if (layout.base().isPresent()) {
          builtOnBase++;
        } else {
          base = new CheckpointLayout.Base(name, sha256, hashes);
          builtOnBase = 0;
        }
      } finally {
        Files.deleteIfExists(unfinished);
      }
      forceDirectory();
      removeOldest(name);
      return entry;
    } catch (IOException e) {
      throw new HeadraceException(
          "checkpoint "
              + file
              + " could not be written ("
              + Failures.reason(e)
              + "); the ones before are as they were. Make room or give this user the right to"
              + " write there.",
          e);
    }
  }

  /**
   * What changed since the base, or, where that is much or the base has been built on often, all:
   * the base of those that follow.
   */
  private CheckpointLayout layout(String name, Checkpoint checkpoint, Map<String, long[]> hashes) {
    CheckpointLayout whole = CheckpointLayout.whole(checkpoint, hashes);
    if (!incremental
        || hashes.isEmpty()
        || base == null
        || base.name().equals(name)
        || builtOnBase == MOST_ON_A_BASE
        || !Files.exists(directory.resolve(base.name()))) {
      return whole;
    }
    return CheckpointLayout.on(base, checkpoint, hashes)
        .filter(changes -> changes.bytes() <= whole.bytes() / 2)
        .orElse(whole);
  }

  private static String writeAndForce(CheckpointLayout layout, FileSeal seal, Path to)
      throws IOException {
    Optional<String> written = writePastCache(layout, seal, to);
    if (written.isPresent()) {
      return written.get();
    }
    try (FileChannel channel =
        FileChannel.open(
            to,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      String sha256 = CheckpointFile.write(layout, seal, channel);
      channel.force(true);
      return sha256;
    }
  }

  /** Small files, encrypted ones, and those that cannot be written like that, are left alone. */
  private static Optional<String> writePastCache(CheckpointLayout layout, FileSeal seal, Path to) {
    if (seal.encrypts() || layout.bytes() < Pages.LARGE_BYTES) {
      return Optional.empty();
    }
    try {
      Optional<PastCache> file = PastCache.create(to);
      if (file.isEmpty()) {
        return Optional.empty();
      }
      try (PastCache open = file.get()) {
        return Optional.of(CheckpointFile.write(layout, open));
      }
    } catch (IOException e) { // what is truly wrong is met again in the usual way
      LOG.debug("{} could not be written past the cache ({})", to, Failures.reason(e));
      return Optional.empty();
    }
  }

  /**
   * Reads and verifies a checkpoint: its file, whatever its name, or a directory for the newest in
   * it that can be read.
   *
   * @param seal opens it
   * @throws HeadraceException if there is none, or it is damaged, or its key is not at hand
   */
  public static Checkpoint open(Path fileOrDirectory, FileSeal seal) {
    if (Files.isDirectory(fileOrDirectory)) {
      return forReading(fileOrDirectory, seal)
          .newest()
          .orElseThrow(
              () ->
                  new HeadraceException(
                      "There is no checkpoint in the folder " + fileOrDirectory + "."));
    }
    Path file = fileOrDirectory.toAbsolutePath().normalize();
    if (!Files.isRegularFile(file)) {
      throw new HeadraceException(
          "There is no checkpoint %s. Name a checkpoint's file, or the folder of several for the newest."
              .formatted(fileOrDirectory));
    }
    try {
      return CheckpointFile.read(file, seal);
    } catch (IOException e) {
      throw Failures.notReadable(file, e);
    }
  }

  /**
   * Reads and verifies a checkpoint's file that somebody spoke of.
   *
   * @param sha256 as {@link #sha256} told it
   * @throws HeadraceException as {@link #open(Path, FileSeal)} does, and if it is another one
   */
  public static Checkpoint open(Path file, FileSeal seal, String sha256) {
    try {
      return CheckpointFile.read(file, seal, Optional.of(sha256));
    } catch (IOException e) {
      throw Failures.notReadable(file, e);
    }
  }

  /**
   * The SHA-256 of a checkpoint's header, in hexadecimal, which has that of the tensors, and of
   * what it builds on, in it: it tells the checkpoint from every other. The header alone is read.
   *
   * @throws HeadraceException if it is missing or damaged, or its key is not at hand
   */
  public static String sha256(Path file, FileSeal seal) {
    try {
      return CheckpointFile.sha256(file, seal);
    } catch (IOException e) {
      throw Failures.notReadable(file, e);
    }
  }

  /**
   * Verifies a stored checkpoint and writes it to a file by itself, all tensors whole, whatever it
   * builds on, and not encrypted.
   *
   * @param checkpoint as for {@link #open}
   * @throws HeadraceException if it is missing or damaged, or {@code to} cannot be written
   */
  public static void export(Path checkpoint, FileSeal seal, Path to) {
    Checkpoint whole = open(checkpoint, seal);
    try {
      writeAndForce(CheckpointLayout.plain(whole), FileSeal.NONE, to);
    } catch (IOException e) {
      throw new HeadraceException(
          "%s cannot be written: %s. Name a file that can be.".formatted(to, Failures.reason(e)),
          e);
    }
  }

  /**
   * Encrypts a stored checkpoint anew, with the key that new ones get; the file changes in one
   * rename. For whoever holds the directory's lock.
   *
   * @param from opens it as it is
   * @throws HeadraceException if it is damaged, and then left as it is, or cannot be written
   */
  public static void rewrite(Path checkpoint, FileSeal from, FileSeal to) {
    Checkpoint whole = open(checkpoint, from);
    try {
      Map<String, String> label = CheckpointMetadata.label(whole);
      Optional.ofNullable(CheckpointFile.metadata(checkpoint).get(CheckpointMetadata.BASE))
          .ifPresent(base -> label.put(CheckpointMetadata.BASE, base));
      Rewriting.whole(checkpoint, from, to, label);
    } catch (IOException e) {
      throw new HeadraceException(
          "%s could not be encrypted anew (%s) and is as it was. Make room or give this user the right to write there."
              .formatted(checkpoint, Failures.reason(e)),
          e);
    }
  }

  /** Makes a rename durable; a no-op where directories cannot be opened (Windows). */
  private void forceDirectory() throws IOException {
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** Newer ones first, so that none is ever without its base. */
  private void removeOldest(String justWritten) {
    List<String> names = names();
    Set<String> kept = Retention.kept(names, keep, best(), List.of(justWritten, held), this::base);
    for (String name : names.reversed()) {
      if (!kept.contains(name)) {
        try {
          Files.deleteIfExists(directory.resolve(name));
        } catch (IOException e) {
          LOG.warn(
              "Old checkpoint {} could not be deleted ({}). Delete it by hand.",
              directory.resolve(name),
              Failures.reason(e));
        }
      }
    }
  }

  /** What a stored checkpoint builds on, as its header says; nothing of one that is unreadable. */
  private Optional<String> base(String name) {
    try {
      return CheckpointHead.ofEvenDamaged(directory.resolve(name)).base();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  @Override
  public void markBest(String name) {
    Path unfinished = directory.resolve(CheckpointNames.UNFINISHED_BEST);
    try {
      try (FileChannel channel =
          FileChannel.open(
              unfinished,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap((name + "\n").getBytes(StandardCharsets.UTF_8)));
        channel.force(true);
      }
      Files.move(unfinished, directory.resolve(BEST), StandardCopyOption.ATOMIC_MOVE);
      forceDirectory();
    } catch (IOException e) {
      throw new HeadraceException(
          "checkpoint %s could not be marked as the best (%s); the mark is where it was."
              .formatted(directory.resolve(name), Failures.reason(e)),
          e);
    }
  }

  @Override
  public Optional<String> best() {
    try {
      byte[] mark = Files.readAllBytes(directory.resolve(BEST)); // no text, if it is damaged
      String name = new String(mark, StandardCharsets.ISO_8859_1).strip();
      boolean stored = CheckpointNames.isName(name) && Files.exists(directory.resolve(name));
      return stored ? Optional.of(name) : Optional.empty();
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw Failures.notReadable(directory.resolve(BEST), e);
    }
  }

  @Override
  public void hold(String name) {
    held = name;
  }

  @Override
  public Optional<String> goBackTo(String name) {
    return LaterCheckpoints.putAside(directory, name, list());
  }

  @Override
  public List<Entry> list() {
    while (true) {
      List<String> names = names();
      List<Entry> entries = names.stream().flatMap(name -> entry(name).stream()).toList();
      if (names.isEmpty() || !entries.isEmpty()) {
        return entries;
      }
      // all were deleted since the directory was listed: there are newer ones
    }
  }

  private Optional<Entry> entry(String name) {
    Path file = directory.resolve(name);
    try {
      CheckpointHead head = CheckpointHead.ofEvenDamaged(file);
      return Optional.of(
          new Entry(
              name,
              CheckpointNames.step(name),
              head.createdAtMillis().isPresent()
                  ? head.createdAtMillis().getAsLong()
                  : Files.getLastModifiedTime(file).toMillis(),
              Files.size(file),
              head.base()));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw Failures.notReadable(file, e);
    }
  }

  @Override
  public Checkpoint read(String name) {
    Path file = directory.resolve(name);
    if (!CheckpointNames.isName(name)) {
      throw new HeadraceException(
          name + " is not the name of a checkpoint. " + directory + " has " + names() + ".");
    }
    try {
      return CheckpointFile.read(file, seal);
    } catch (NoSuchFileException e) {
      throw new HeadraceException(
          "There is no checkpoint " + file + ". The directory has " + names() + ".", e);
    } catch (IOException e) {
      throw Failures.notReadable(file, e);
    }
  }

  /** Reads and verifies the header alone. */
  @Override
  public Positions positions(String name) {
    Path file = directory.resolve(name);
    try {
      return CheckpointFile.positions(file, seal);
    } catch (IOException e) {
      throw Failures.notReadable(file, e);
    }
  }

  @Override
  public Optional<Checkpoint> newest(Consumer<String> passedOver) {
    while (true) {
      List<String> names = names();
      if (names.isEmpty()) {
        return Optional.empty();
      }
      boolean deletedMeanwhile = false;
      for (String name : names.reversed()) {
        Path file = directory.resolve(name);
        try {
          return Optional.of(CheckpointFile.read(file, seal));
        } catch (CheckpointDamagedException e) {
          LOG.warn("{} The checkpoint before it is tried.", e.getMessage());
          passedOver.accept(String.valueOf(e.getMessage()));
        } catch (NoSuchFileException _) {
          deletedMeanwhile = true; // by the writer, which has written newer ones
        } catch (IOException e) {
          throw Failures.notReadable(file, e);
        }
      }
      if (!deletedMeanwhile) {
        throw new HeadraceException(
            "None of the checkpoints in "
                + directory
                + " can be read: "
                + names
                + ". Put back a good copy, or move them away to start from nothing.");
      }
    }
  }

  /** The stored checkpoints' names, by step; none of them is opened. */
  public List<String> names() {
    try {
      return CheckpointNames.in(directory);
    } catch (IOException e) {
      throw Failures.notReadable(directory, e);
    }
  }
}
