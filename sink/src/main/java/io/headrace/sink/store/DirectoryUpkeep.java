package io.headrace.sink.store;

import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.checkpoint.DirectoryLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/** Of a directory, by its lock. */
final class DirectoryUpkeep implements CheckpointUpkeep {
  private final Path directory;
  private final DirectoryLock lock;

  private DirectoryUpkeep(Path directory, DirectoryLock lock) {
    this.directory = directory;
    this.lock = lock;
  }

  static DirectoryUpkeep take(Path directory) {
    if (Files.exists(directory.resolve(StoredCheckpoints.IDENTITY))) {
      throw new HeadraceException(
          "The checkpoints in %s are in an object store too, from which they would come back. Name the store instead, s3://bucket/prefix, or, to go back to one, use the page of the job while it runs."
              .formatted(directory));
    }
    return new DirectoryUpkeep(directory, DirectoryLock.hold(directory));
  }

  @Override
  public void remove(Collection<String> names) {
    for (String name : names.stream().sorted().toList().reversed()) {
      try {
        Files.deleteIfExists(directory.resolve(name));
      } catch (IOException e) {
        throw new HeadraceException(
            "%s cannot be deleted: %s. Check the folder's rights."
                .formatted(directory.resolve(name), e.getMessage()),
            e);
      }
    }
  }

  @Override
  public Optional<String> goBackTo(String name) {
    return DirectoryCheckpointStore.forReading(directory)
        .goBackTo(name)
        .map(folder -> directory.resolve(folder).toString());
  }

  @Override
  public void close() {
    lock.close();
  }
}
