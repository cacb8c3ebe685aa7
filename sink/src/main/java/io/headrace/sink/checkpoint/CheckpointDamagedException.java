package io.headrace.sink.checkpoint;

import io.headrace.engine.error.HeadraceException;

/** A checkpoint's bytes are not what was written: cut off, changed, or never a checkpoint. */
public final class CheckpointDamagedException extends HeadraceException {
  private static final long serialVersionUID = 1L;

  private final String problem;

  /**
   * @param file which one
   * @param problem what was expected and what was found
   */
  public CheckpointDamagedException(String file, String problem) {
    super(
        file
            + " is damaged: "
            + problem
            + ". Put back a good copy of it, or delete it to go on from an earlier checkpoint.");
    this.problem = problem;
  }

  /** What was expected and what was found. */
  String problem() {
    return problem;
  }
}
