package io.headrace.engine.layer;

/** Work that needs what all rows of a pass left behind. One worker runs it, the others wait. */
@FunctionalInterface
public interface JoinWork {
  void run(Pass pass);
}
