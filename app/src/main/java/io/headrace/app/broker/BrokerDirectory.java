package io.headrace.app.broker;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * The directory of one embedded broker, held so that no second broker of this JVM takes it. Kafka
 * itself locks it against other processes; that lock is only looked at here. Thread-safe.
 */
final class BrokerDirectory {
  private static final String FORMATTED = "meta.properties";
  private static final String KAFKA_LOCK = ".lock";
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path path;

  private BrokerDirectory(Path path) {
    this.path = path;
  }

  /** Creates the directory if it is missing and takes it, or says why that cannot be. */
  static BrokerDirectory hold(Path directory) {
    Path path;
    try {
      Files.createDirectories(directory);
      path = directory.toRealPath();
      Files.delete(Files.createTempFile(path, "writable", null));
    } catch (IOException e) {
      throw new HeadraceException(
          "The Kafka broker cannot write to %s (%s). Make it a writable directory, or choose another."
              .formatted(directory, e),
          e);
    }
    if (!HELD.add(path)) {
      throw inUse(path);
    }
    try {
      refuseIfLocked(path);
    } catch (RuntimeException e) {
      HELD.remove(path);
      throw e;
    }
    return new BrokerDirectory(path);
  }

  /** Prepares an empty directory as Kafka wants it; one that is prepared keeps its cluster id. */
  void format() throws Exception {
    if (Files.exists(path.resolve(FORMATTED))) {
      return;
    }
    try (var silence = new PrintStream(PrintStream.nullOutputStream())) {
      new Formatter()
          .setPrintStream(silence)
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(BrokerSettings.NODE_ID)
          .addDirectory(path.toString())
          .setMetadataLogDirectory(path.toString())
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setControllerListenerName(BrokerSettings.CONTROLLER)
          .setIgnoreFormatted(true)
          .run();
    }
  }

  /** The absolute path without links. */
  Path path() {
    return path;
  }

  /** Gives it up for the next broker; call once the broker has stopped. */
  void release() {
    HELD.remove(path);
  }

  // Only for a directory that this JVM does not hold: closing any channel of a file gives up every
  // lock that the process has on it.
  private static void refuseIfLocked(Path path) {
    Path lockFile = path.resolve(KAFKA_LOCK);
    if (!Files.exists(lockFile)) {
      return;
    }
    try (var channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        throw inUse(path);
      }
    } catch (IOException e) {
      throw new HeadraceException(
          "The lock file %s of the Kafka broker cannot be opened (%s). Make the directory writable, or choose another."
              .formatted(lockFile, e),
          e);
    }
  }

  private static HeadraceException inUse(Path path) {
    return new HeadraceException(
        "A Kafka broker that still runs has its data in %s. Stop it, or choose another directory."
            .formatted(path));
  }
}
