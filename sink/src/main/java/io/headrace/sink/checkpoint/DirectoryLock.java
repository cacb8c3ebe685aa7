package io.headrace.sink.checkpoint;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The right to write to a directory: one holder at a time, of all processes on this machine. The
 * operating system takes it back when its process ends, however it ends. Thread-safe.
 */
public final class DirectoryLock implements AutoCloseable {
  private static final String NAME = ".lock";

  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the right to write to {@code directory}, which is created where needed.
   *
   * @throws HeadraceException if another run holds it, or the directory cannot be written to
   */
  public static DirectoryLock hold(Path directory) {
    return hold("checkpoints.directory", directory);
  }

  /**
   * The same for a directory that something else is written to.
   *
   * @param key of the job that names it
   * @throws HeadraceException if another run holds it, or the directory cannot be written to
   */
  public static DirectoryLock hold(String key, Path directory) {
    try {
      Files.createDirectories(directory);
      FileChannel channel =
          FileChannel.open(
              directory.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (channel.tryLock() != null) {
          return new DirectoryLock(channel);
        }
      } catch (OverlappingFileLockException _) {
        // held in this very JVM: the same answer as for another process
      }
      channel.close();
    } catch (IOException e) {
      throw new HeadraceException(
          "%s: %s cannot be written to (%s). Name a directory that can, or give this user the right to."
              .formatted(key, directory, Failures.reason(e)),
          e);
    }
    throw new HeadraceException(
        "%s: another run is writing to %s. Stop it, or give this job a directory of its own."
            .formatted(key, directory));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
