package io.headrace.app.letters;

import java.util.List;

/** Remembers durably what was put back. Used by one thread; nobody else adds to it meanwhile. */
public interface ReplayMemory extends AutoCloseable {
  /** Everything remembered when it was opened, in order. */
  List<ReplayEntry> entries();

  /** Returns when the entry is durable. */
  void add(ReplayEntry entry);

  @Override
  void close();
}
