package io.headrace.app.http;

import io.headrace.engine.error.HeadraceException;
import io.micronaut.context.ApplicationContext;
import io.micronaut.http.server.exceptions.ServerStartupException;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;

/**
 * A running HTTP server that shows one job and lets people control it: the page at {@code /},
 * {@code /health}, {@code /prometheus} and the API under {@code /api/v1}. Thread-safe. Whoever
 * starts it closes it.
 */
public final class HttpService implements AutoCloseable {
  private final ApplicationContext context;
  private final EmbeddedServer server;

  private HttpService(ApplicationContext context, EmbeddedServer server) {
    this.context = context;
    this.server = server;
  }

  /**
   * Serves {@code job} until {@link #close}. It listens when this returns.
   *
   * @param host address or name of the interface to listen on, e.g. {@code 127.0.0.1}
   * @param port 0 for any free one
   * @throws HeadraceException if the port is taken or the host is none of this machine
   */
  public static HttpService start(String host, int port, ServedJob job) {
    return start(host, port, job, Duration.ofSeconds(1));
  }

  static HttpService start(String host, int port, ServedJob job, Duration every) {
    checkFree(host, port);
    ApplicationContext context =
        ApplicationContext.builder()
            .banner(false)
            .deduceEnvironment(false)
            .deduceCloudEnvironment(false)
            .bootstrapEnvironment(false)
            .enableDefaultPropertySources(false)
            .properties(HttpSettings.of(host, port, job))
            .build();
    context.registerSingleton(ServedJob.class, job);
    context.registerSingleton(JobStatusSource.class, job.status());
    context.registerSingleton(JobControl.class, job.control());
    context.registerSingleton(StatusFeed.Pace.class, new StatusFeed.Pace(every));
    try {
      context.start();
      EmbeddedServer server = context.getBean(EmbeddedServer.class);
      server.start();
      return new HttpService(context, server);
    } catch (ServerStartupException e) {
      context.close();
      throw unusable(host, port, e);
    }
  }

  /** Where a browser on this machine finds the page. */
  public URI uri() {
    return URI.create("http://%s:%d/".formatted(server.getHost(), server.getPort()));
  }

  /** Ends open streams; a moment later the port is free. Closing twice does nothing more. */
  @Override
  public void close() {
    if (context.isRunning()) {
      // First, because a page that is still listening would ask a closed context for beans.
      context.getBean(StatusFeed.class).stop();
      server.stop();
      context.close();
    }
  }

  /** Tries the port beforehand, because the server would log its failure with a stack trace. */
  private static void checkFree(String host, int port) {
    if (port < 0 || port > 65_535) {
      throw new HeadraceException(
          "--port %d is not a port: choose one from 1 to 65535, or 0 for any free one."
              .formatted(port));
    }
    try (var socket = new ServerSocket(port, 1, InetAddress.getByName(host))) {
      assert socket.isBound();
    } catch (IOException e) {
      throw unusable(host, port, e);
    }
  }

  private static HeadraceException unusable(String host, int port, Exception cause) {
    return new HeadraceException(
        "The page cannot be served on %s:%d: %s. Stop the program that listens there, or choose another port with --port."
            .formatted(host, port, cause.getMessage()),
        cause);
  }
}
