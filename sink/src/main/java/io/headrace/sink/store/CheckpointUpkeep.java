package io.headrace.sink.store;

import java.util.Collection;
import java.util.Optional;

/**
 * The right to change what a place keeps, which no run has meanwhile. Used by one thread; whoever
 * takes it closes it. Its methods throw {@link io.headrace.engine.error.HeadraceException} if the
 * place does not answer or another one has taken the right; what came before is done.
 */
public interface CheckpointUpkeep extends AutoCloseable {
  /** Removes checkpoints, newer ones first, so that none is ever without its base. */
  void remove(Collection<String> names);

  /**
   * Makes one the newest: those behind it are put aside.
   *
   * @return where they are now, for messages; empty if there were none
   */
  Optional<String> goBackTo(String name);

  @Override
  void close();
}
