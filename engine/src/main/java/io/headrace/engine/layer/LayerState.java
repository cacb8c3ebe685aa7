package io.headrace.engine.layer;

import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;

/**
 * What a layer learns besides its parameters, e.g. running statistics: part of every checkpoint.
 * Changed only in tile work, so that a batch that was scored but not learned from leaves no trace.
 */
public interface LayerState {
  void save(StateWriter to);

  /**
   * Takes back what {@link #save} wrote.
   *
   * @throws io.headrace.engine.error.HeadraceException if what {@code from} holds does not fit
   */
  void restore(StateReader from);
}
