package io.headrace.sink;

import io.headrace.schemas.RejectedSample;

/** Keeps rejected records. Thread-safe: decoders on several threads write to it. */
public interface DeadLetterSink extends AutoCloseable {
  /** Takes a letter; it may still be in memory when this returns. */
  void write(RejectedSample letter);

  /**
   * Returns when all letters written so far are durable: called before a checkpoint that counts
   * them.
   *
   * @throws io.headrace.engine.error.HeadraceException if that cannot be
   */
  void flush();

  @Override
  void close();
}
