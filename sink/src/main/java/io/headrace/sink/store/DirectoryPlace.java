package io.headrace.sink.store;

import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.CheckpointNames;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A directory that this machine can read, such as that of the job itself: nothing is copied. */
public record DirectoryPlace(Path directory) implements CheckpointPlace {
  @Override
  public List<Found> list() {
    return DirectoryCheckpointStore.forReading(directory).list().stream()
        .map(entry -> new Found(entry.name(), entry.step(), entry.bytes(), entry.createdAtMillis()))
        .toList();
  }

  @Override
  public Path file(String name) {
    Path file = directory.resolve(name);
    if (!CheckpointNames.isName(name) || !Files.isRegularFile(file)) {
      throw new HeadraceException(
          "There is no checkpoint %s in %s; it may have been deleted since, for newer ones."
              .formatted(name, directory));
    }
    return file;
  }

  @Override
  public List<CheckpointStore.Entry> entries() {
    return DirectoryCheckpointStore.forReading(directory).list();
  }

  @Override
  public Optional<String> best() {
    return DirectoryCheckpointStore.forReading(directory).best();
  }

  @Override
  public CheckpointUpkeep hold(boolean takeOver) {
    return DirectoryUpkeep.take(directory);
  }

  @Override
  public void keepOnly(String name) {}

  @Override
  public void forget(String name) {}

  @Override
  public String name() {
    return directory.toString();
  }

  @Override
  public void close() {}
}
