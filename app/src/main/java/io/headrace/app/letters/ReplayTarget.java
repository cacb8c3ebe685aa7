package io.headrace.app.letters;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where records are put back to. Used by one thread; the caller closes it. */
public interface ReplayTarget extends AutoCloseable {
  /** E.g. {@code topic flights}; the same in each run. */
  String name();

  /** The most records of one {@link #put}. */
  int batchSize();

  /** Where its partitions end; empty without any. */
  Map<Integer, Long> ends();

  /** Why it cannot take these bytes; empty if it can. */
  Optional<String> refusal(byte[] payload);

  /** Puts all of them, or none; returns when they are durable. */
  void put(String replay, List<Returned> records);

  /** Whether the records of an earlier attempt, which was cut off, have arrived. */
  boolean has(ReplayEntry attempt);

  @Override
  void close();
}
