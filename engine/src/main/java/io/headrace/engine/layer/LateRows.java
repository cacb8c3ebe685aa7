package io.headrace.engine.layer;

/**
 * Rows of a table that go through steps they were absent from when they are next read. Used by one
 * thread at a time.
 */
public interface LateRows {
  /** Takes row {@code id} through the steps that it missed. */
  void catchUp(int id);

  /** The same for a look: {@link #putBack} undoes it. */
  void lend(int id);

  /** Leaves all rows that were lent as they were. */
  void putBack();

  /** Says that row {@code id} takes part in the step that is being taken. */
  void joins(int id);
}
