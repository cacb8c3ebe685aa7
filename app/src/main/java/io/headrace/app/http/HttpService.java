package io.headrace.app.http;

import io.headrace.engine.error.HeadraceException;
import io.micronaut.context.ApplicationContext;
import io.micronaut.http.server.exceptions.ServerStartupException;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.web.router.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * A running HTTP server that shows jobs and lets people control them: the page at {@code /}, {@code
 * /health}, {@code /prometheus} and the API under {@code /api/v1}. Thread-safe. Whoever starts it
 * closes it.
 */
public final class HttpService implements AutoCloseable {
  private final ApplicationContext context;
  private final EmbeddedServer server;

  private final Gatekeeper gatekeeper;

  private HttpService(ApplicationContext context, EmbeddedServer server, Gatekeeper gatekeeper) {
    this.context = context;
    this.server = server;
    this.gatekeeper = gatekeeper;
  }

  /**
   * Serves {@code jobs} until {@link #close}. It listens when this returns.
   *
   * @throws HeadraceException if the port is taken, the host is none of this machine, strangers
   *     could come in by accident, or a file of tokens or for TLS is of no use
   */
  public static HttpService start(Exposure exposure, ServedJobs jobs) {
    return start(exposure, jobs, Duration.ofSeconds(1), InstantSource.system());
  }

  /** Like {@link #start(Exposure, ServedJobs)}, with one job. */
  public static HttpService start(Exposure exposure, ServedJob job) {
    return start(exposure, ServedJobs.only(job));
  }

  static HttpService start(String host, int port, ServedJob job) {
    return start(host, port, job, Duration.ofSeconds(1));
  }

  static HttpService start(String host, int port, ServedJob job, Duration every) {
    var open = new Exposure(host, port, Optional.empty(), false);
    return start(open, ServedJobs.only(job), every, InstantSource.system());
  }

  static HttpService start(
      Exposure exposure, ServedJobs jobs, Duration every, InstantSource clock) {
    return start(exposure, jobs, every, clock, ConnectionLimits.USUAL);
  }

  static HttpService start(
      Exposure exposure,
      ServedJobs jobs,
      Duration every,
      InstantSource clock,
      ConnectionLimits limits) {
    exposure.check();
    checkFree(exposure.host(), exposure.port());
    Gatekeeper gatekeeper = Gatekeeper.open(exposure, results(jobs), clock);
    ApplicationContext context =
        ApplicationContext.builder()
            .banner(false)
            .deduceEnvironment(false)
            .deduceCloudEnvironment(false)
            .bootstrapEnvironment(false)
            .enableDefaultPropertySources(false)
            .properties(HttpSettings.of(exposure, jobs))
            .build();
    context.registerSingleton(ServedJobs.class, jobs);
    context.registerSingleton(Gatekeeper.class, gatekeeper);
    context.registerSingleton(ConnectionLimits.class, limits);
    context.registerSingleton(StatusFeed.Pace.class, new StatusFeed.Pace(every));
    try {
      context.start();
      EmbeddedServer server = context.getBean(EmbeddedServer.class);
      server.start();
      return new HttpService(context, server, gatekeeper);
    } catch (ServerStartupException e) {
      context.close();
      gatekeeper.close();
      throw unusable(exposure.host(), exposure.port(), e);
    }
  }

  /** Where the first job that keeps results keeps them. */
  private static Optional<Path> results(ServedJobs jobs) {
    return jobs.all().stream().flatMap(job -> job.checkpoints().stream()).findFirst();
  }

  /** Where a browser on this machine finds the page. */
  public URI uri() {
    return URI.create(
        "%s://%s:%d/".formatted(server.getScheme(), server.getHost(), server.getPort()));
  }

  /** What it answers: {@code METHOD /path/{variable}}, in alphabetical order. */
  List<String> routes() {
    return context
        .getBean(Router.class)
        .uriRoutes()
        .map(route -> route.getHttpMethodName() + " " + route.getUriMatchTemplate())
        .distinct()
        .sorted()
        .toList();
  }

  /** Ends open streams; a moment later the port is free. Closing twice does nothing more. */
  @Override
  public void close() {
    if (context.isRunning()) {
      // First, because a page that is still listening would ask a closed context for beans.
      context.getBean(StatusFeed.class).stop();
      server.stop();
      context.close();
      gatekeeper.close();
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
