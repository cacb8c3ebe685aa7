package io.headrace.sink;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.sample.Positions;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Keeps checkpoints by name, the newest last. One writer; any number of readers. */
public interface CheckpointStore {
  /**
   * A stored checkpoint.
   *
   * @param name unique in the store; newer checkpoints of a job have names that sort behind
   * @param bytes that it takes, without what it builds on
   * @param base name of the one that it builds on, without which it cannot be read
   */
  record Entry(String name, long step, long createdAtMillis, long bytes, Optional<String> base) {
    /** One that is whole by itself. */
    public Entry(String name, long step, long createdAtMillis, long bytes) {
      this(name, step, createdAtMillis, bytes, Optional.empty());
    }
  }

  /**
   * Does what the first {@link #write} would need to do besides writing, for it is often the last
   * thing that a process does, and waited for. By the thread that writes; may be left out.
   */
  default void prepare() {}

  /** Writes and publishes; when this returns the checkpoint is durable and complete. */
  Entry write(Checkpoint checkpoint);

  /** Says that {@code name} is the best so far: it is kept until another one is. */
  void markBest(String name);

  /** The name of the best that is stored; empty where none was marked. */
  Optional<String> best();

  /** Says that {@code name} is not to be removed, however old, until another is held. */
  void hold(String name);

  /**
   * Makes {@code name} the newest: those behind it are put aside, where a person finds them.
   *
   * @return where they are now; empty if there were none
   * @throws io.headrace.engine.error.HeadraceException if they cannot be put aside; the newest ones
   *     may be by then
   */
  Optional<String> goBackTo(String name);

  /** What is stored, oldest first. */
  List<Entry> list();

  /**
   * Reads and verifies one.
   *
   * @throws io.headrace.engine.error.HeadraceException if it is missing or damaged; the message
   *     says what was found
   */
  Checkpoint read(String name);

  /**
   * The positions that a stored one covers.
   *
   * @throws io.headrace.engine.error.HeadraceException if it is missing or damaged
   */
  default Positions positions(String name) {
    return read(name).ledger().positions();
  }

  /** {@link #newest(Consumer)} for those who need not hear what was passed over. */
  default Optional<Checkpoint> newest() {
    return newest(_ -> {});
  }

  /**
   * The newest that can be read; damaged ones are passed over with a warning. Empty only where
   * nothing is stored.
   *
   * @param passedOver is told of each damaged one, newest first: which, and what was found
   * @throws io.headrace.engine.error.HeadraceException if there are some but all are damaged: to
   *     start from nothing is then for a person to decide
   */
  Optional<Checkpoint> newest(Consumer<String> passedOver);
}
