package io.headrace.app.broker;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Which TCP ports of the loopback address are free. Thread-safe. */
final class Ports {
  static final String LOOPBACK = "127.0.0.1";

  private Ports() {}

  /**
   * The given port if nothing listens on it, or any free one for 0.
   *
   * @throws HeadraceException if the port is taken or not a port number
   */
  static int free(int port) {
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

  /**
   * Any free port but the given one, which nothing listens on yet: the system may name a port again
   * as soon as it was let go.
   */
  static int freeBeside(int port) {
    int other = free(0);
    while (other == port) {
      other = free(0);
    }
    return other;
  }
}
