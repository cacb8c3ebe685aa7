package io.headrace.sink.checkpoint;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.sink.CheckpointStore;
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
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps checkpoints as files of a directory, {@code checkpoint-000000012345.safetensors} by step.
 *
 * <p>A checkpoint is written to a temporary file beside its place, forced to the disk, renamed, and
 * the directory is forced too: after a crash at any point it is there completely or not at all.
 * Then the oldest beyond those to keep are deleted, never the one just written and never the best,
 * whose name is in the file {@code best}.
 *
 * <p>One thread writes; any number of threads and processes may list and read meanwhile.
 */
public final class DirectoryCheckpointStore implements CheckpointStore {
  /** The file that has the best checkpoint's name in it. */
  public static final String BEST = "best";

  private static final Logger LOG = LoggerFactory.getLogger(DirectoryCheckpointStore.class);

  private final Path directory;
  private final int keep;

  private DirectoryCheckpointStore(Path directory, int keep) {
    this.directory = directory;
    this.keep = keep;
  }

  /**
   * Opens a directory for the one who writes to it: creates it where needed, and removes what a
   * crash has left half-written.
   *
   * @param keep how many checkpoints to keep, at least 1
   * @throws HeadraceException if it is no directory or cannot be written to
   */
  public static DirectoryCheckpointStore forWriting(Path directory, int keep) {
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
    return new DirectoryCheckpointStore(directory, keep);
  }

  /**
   * Opens a directory to list and read only; one that does not exist holds nothing. Its {@link
   * #write} works as well, but nothing is checked or removed beforehand.
   */
  public static DirectoryCheckpointStore forReading(Path directory) {
    return new DirectoryCheckpointStore(directory, Integer.MAX_VALUE);
  }

  @Override
  public Entry write(Checkpoint checkpoint) {
    String name = CheckpointNames.name(checkpoint.step());
    Path file = directory.resolve(name);
    Path unfinished = directory.resolve(name + CheckpointNames.UNFINISHED);
    try {
      Entry entry;
      try {
        writeAndForce(checkpoint, unfinished);
        entry =
            new Entry(
                name, checkpoint.step(), checkpoint.createdAtMillis(), Files.size(unfinished));
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
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

  private static void writeAndForce(Checkpoint checkpoint, Path to) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            to,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      CheckpointFile.write(checkpoint, channel);
      channel.force(true);
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

  private void removeOldest(String justWritten) {
    String best = best().orElse("");
    List<String> names = names().stream().filter(name -> !name.equals(best)).toList();
    for (String name : names.subList(0, Math.max(0, names.size() - keep))) {
      if (!name.equals(justWritten)) {
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
      long step = CheckpointNames.step(name);
      return Optional.of(new Entry(name, step, createdAtMillis(file), Files.size(file)));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw Failures.notReadable(file, e);
    }
  }

  /** As the header says; of a damaged file, when it was last modified. */
  private static long createdAtMillis(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      String created =
          CheckpointMetadata.text(
              file.toString(),
              CheckpointFile.metadata(file.toString(), channel),
              "created_at_millis");
      return Long.parseLong(created);
    } catch (CheckpointDamagedException | NumberFormatException _) {
      return Files.getLastModifiedTime(file).toMillis();
    }
  }

  @Override
  public Checkpoint read(String name) {
    Path file = directory.resolve(name);
    if (!CheckpointNames.isName(name)) {
      throw new HeadraceException(
          name + " is not the name of a checkpoint. " + directory + " has " + names() + ".");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      return CheckpointFile.read(file.toString(), channel);
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
    try (FileChannel channel = FileChannel.open(file)) {
      return CheckpointFile.positions(file.toString(), channel);
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
        try (FileChannel channel = FileChannel.open(file)) {
          return Optional.of(CheckpointFile.read(file.toString(), channel));
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

  private List<String> names() {
    try {
      return CheckpointNames.in(directory);
    } catch (IOException e) {
      throw Failures.notReadable(directory, e);
    }
  }
}
