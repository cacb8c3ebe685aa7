package io.headrace.app.broker;

import io.headrace.engine.error.HeadraceException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.internals.FatalExitError;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka broker of one node in this JVM (KRaft: broker and controller together), listening on the
 * loopback address alone. Topics and records lie under its directory and are there again when a
 * broker is started on the same directory, also after {@code kill -9}.
 *
 * <p>Thread-safe; the broker runs on its own threads. The caller owns it and closes it; until then
 * it holds the port and the directory.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);

  private final KafkaRaftServer server;
  private final BrokerDirectory directory;
  private final int port;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedBroker(KafkaRaftServer server, BrokerDirectory directory, int port) {
    this.server = server;
    this.directory = directory;
    this.port = port;
  }

  /**
   * Starts a broker and returns once it accepts clients (one to six seconds).
   *
   * @param directory where its data lies; created if missing
   * @param port the TCP port to listen on, or 0 for any free one
   * @throws HeadraceException if the port is taken, or the directory cannot be written or belongs
   *     to a broker that still runs
   */
  public static EmbeddedBroker start(Path directory, int port) {
    return start(directory, port, Map.of());
  }

  /**
   * The same with settings of Kafka's own, which take the place of those made here: listeners with
   * security, for example.
   *
   * @throws HeadraceException also if Kafka refuses the settings
   */
  public static EmbeddedBroker start(Path directory, int port, Map<String, String> more) {
    // Kafka finds these out half-way through its start and then leaves threads behind, so they are
    // asked first.
    int listenerPort = Ports.free(port);
    int controllerPort = Ports.freeBeside(listenerPort);
    BrokerDirectory held = BrokerDirectory.hold(directory);
    KafkaRaftServer server = null;
    try {
      KafkaExit.keepJvmAlive();
      held.format();
      Properties all = BrokerSettings.of(held.path(), listenerPort, controllerPort).properties();
      all.putAll(more);
      server = new KafkaRaftServer(new KafkaConfig(all, false), Time.SYSTEM);
      server.startup();
      LOG.debug("embedded Kafka listens on port {}, data in {}", listenerPort, held.path());
      return new EmbeddedBroker(server, held, listenerPort);
    } catch (Exception | FatalExitError e) {
      if (server != null) {
        server.shutdown();
      }
      held.release();
      throw new HeadraceException(
          "The embedded Kafka broker did not start on port %d with its data in %s: %s. If an older or damaged broker left that directory, move it away and start again."
              .formatted(listenerPort, held.path(), reason(e)),
          e);
    }
  }

  /** The {@code bootstrap.servers} of its clients: host and port. */
  public String bootstrapServers() {
    return Ports.LOOPBACK + ":" + port;
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /** Stops the broker, writes everything to disk and frees port and directory; idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        server.shutdown();
        server.awaitShutdown();
      } finally {
        directory.release();
      }
    }
  }

  private static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }
}
