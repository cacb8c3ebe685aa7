package io.headrace.engine.layer;

/**
 * Work on some rows of a pass. Called by several workers at once, each with other rows, and with
 * whatever cut of the rows suits their number: a row's result must have the same bits in any cut.
 */
@FunctionalInterface
public interface RowWork {
  /** Works on rows {@code from} up to {@code to}, excluded. */
  void run(Pass pass, int from, int to);
}
