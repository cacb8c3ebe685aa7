package io.headrace.app.letters;

import io.headrace.schemas.RejectedSample;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Dead letters where a job put them, and beside them what was put back. Used by one thread. */
public interface Letters {
  /**
   * Gives every letter in the order of writing; one that a job wrote again after a crash comes
   * again.
   *
   * @throws io.headrace.engine.error.HeadraceException if they cannot be read
   */
  void forEach(Consumer<RejectedSample> taker);

  /** What was put back, to look at. */
  ReplayLog log();

  /** The same to add to: nobody else adds while it is open. */
  ReplayMemory memory();

  /** Gives each letter that {@code filter} takes, once. */
  default void forEach(LetterFilter filter, Consumer<RejectedSample> taker) {
    Set<LetterId> seen = new HashSet<>();
    forEach(
        letter -> {
          if (filter.takes(letter) && seen.add(LetterId.of(letter))) {
            taker.accept(letter);
          }
        });
  }
}
