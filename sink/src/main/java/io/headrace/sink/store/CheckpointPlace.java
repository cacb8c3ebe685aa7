package io.headrace.sink.store;

import io.headrace.sink.CheckpointStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A place with checkpoints that others write. Used by one thread; whoever opens it closes it. Its
 * methods throw {@link io.headrace.engine.error.HeadraceException} if the place does not answer.
 */
public interface CheckpointPlace extends AutoCloseable {
  /**
   * A checkpoint that is there.
   *
   * @param bytes of its file, without what it builds on
   * @param writtenAtMillis as the checkpoint says; where that is not told without fetching it, when
   *     it came to the place
   */
  record Found(String name, long step, long bytes, long writtenAtMillis) {}

  /** All that are there, oldest first. */
  List<Found> list();

  /**
   * Has a checkpoint, and what it builds on, in one folder of this machine, and returns its file.
   * It is not verified.
   *
   * @throws io.headrace.engine.error.HeadraceException if it is not there
   */
  Path file(String name);

  /** What they say they are, oldest first; their beginnings are read, and not verified. */
  List<CheckpointStore.Entry> entries();

  /** The name of the best that is there; empty where none was marked. */
  Optional<String> best();

  /**
   * Takes the right to change what is there.
   *
   * @param takeOver even where the last one who wrote there has not said that it ended
   * @throws io.headrace.engine.error.HeadraceException if a run has it
   */
  CheckpointUpkeep hold(boolean takeOver);

  /** Lets go of copies on this machine but for one and what it builds on. */
  void keepOnly(String name);

  /** Lets go of the copies of one, and of what it builds on, which are damaged. */
  void forget(String name);

  /** For messages. */
  String name();

  @Override
  void close();
}
