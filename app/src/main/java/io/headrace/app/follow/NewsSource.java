package io.headrace.app.follow;

import java.time.Duration;
import java.util.Optional;

/** Tells which model of a job is the newest. Used by one thread; whoever opens it closes it. */
interface NewsSource extends AutoCloseable {
  /**
   * The newest that is known, at once if that is another one than the last time; else after a while
   * of at most {@code longest}. Empty while there is none.
   *
   * @throws io.headrace.engine.error.HeadraceException if nobody answers; it may be asked again
   */
  Optional<ModelNews> newest(Duration longest) throws InterruptedException;

  /** For messages: {@code topic models}. */
  String name();

  @Override
  void close();
}
