package io.headrace.app.broker;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Which TCP ports of the loopback address are free. Thread-safe. */
public final class Ports {
  static final String LOOPBACK = "127.0.0.1";

  /** Below the ports that systems give to connections, any of which may take a port found free. */
  private static final int FIRST = 20_000;

  private static final int BEHIND_LAST = 32_768;
  private static final int TRIES = 1_000;

  private Ports() {}

  /**
   * The given port if nothing listens on it, or any free one for 0.
   *
   * @throws HeadraceException if the port is taken or not a port number
   */
  public static int free(int port) {
    if (port == 0) {
      return free();
    }
    if (port < 0 || port > 65_535) {
      throw new HeadraceException(
          "Port %d is not between 0 and 65535. Choose another, e.g. 9092.".formatted(port));
    }
    try (var socket = new ServerSocket(port, 1, InetAddress.ofLiteral(LOOPBACK))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new HeadraceException(
          "Port %d on %s cannot be used for the Kafka broker: %s. Stop the program that listens there, or choose another port."
              .formatted(port, LOOPBACK, e.getMessage()),
          e);
    }
  }

  /** Any free port but the given one, which nothing listens on yet. */
  static int freeBeside(int port) {
    int other = free(0);
    while (other == port) {
      other = free(0);
    }
    return other;
  }

  private static int free() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, BEHIND_LAST);
      try (var socket = new ServerSocket(port, 1, InetAddress.ofLiteral(LOOPBACK))) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // Something else has it.
      }
    }
    throw new HeadraceException(
        "Of %d ports from %d to %d on %s none was free for the Kafka broker. Name one."
            .formatted(TRIES, FIRST, BEHIND_LAST - 1, LOOPBACK));
  }
}
