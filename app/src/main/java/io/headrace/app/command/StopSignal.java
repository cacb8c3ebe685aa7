package io.headrace.app.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wish of a person to stop (Ctrl-C, SIGTERM), and the promise that the JVM waits for an orderly
 * end: it goes once this is closed, so open it first and everything that must be closed after it.
 * Thread-safe; the command that listens owns it.
 */
final class StopSignal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);
  private static final long LONGEST_CLOSE_SECONDS = 60;

  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::holdJvmOpen, "headrace-stop");

  private StopSignal() {}

  /** Listens from now on, until closed. */
  static StopSignal listen() {
    var signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  /** Whether a stop was asked for. */
  boolean isRequested() {
    return requested.getCount() == 0;
  }

  /** Returns once a stop was asked for. */
  void await() throws InterruptedException {
    requested.await();
  }

  /** Says that everything is closed: the JVM may go. */
  @Override
  public void close() {
    finished.countDown();
    if (!isRequested()) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        LOG.debug("the JVM ends already; the hook runs to its end by itself", e);
      }
    }
  }

  private void holdJvmOpen() {
    requested.countDown();
    try {
      if (!finished.await(LONGEST_CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("gave up an orderly stop after {} s", LONGEST_CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
