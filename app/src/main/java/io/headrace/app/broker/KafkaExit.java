package io.headrace.app.broker;

import org.apache.kafka.common.internals.FatalExitError;
import org.apache.kafka.common.utils.internals.Exit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when Kafka wants to end the process: it is said, the thread of Kafka's that asked
 * for it ends, and the JVM goes on, because a model is being trained in it. Thread-safe; for the
 * whole JVM.
 */
final class KafkaExit {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);

  private KafkaExit() {}

  /** Puts itself between Kafka and {@code System.exit}; calling it again changes nothing. */
  static void keepJvmAlive() {
    Exit.setExitProcedure(KafkaExit::report);
    Exit.setHaltProcedure(KafkaExit::report);
  }

  private static void report(int status, String message) {
    LOG.error(
        "The embedded Kafka broker failed (status {}{}) and serves no more. Restart Headrace; training resumes from the last checkpoint.",
        status,
        message == null ? "" : ": " + message);
    // Kafka's code goes on after this call only if it was not meant: do not let it.
    throw new FatalExitError(status == 0 ? 1 : status);
  }
}
