package io.headrace.app.command;

import io.headrace.app.http.Exposure;
import io.headrace.pipeline.job.AccessSettings;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where a page and its API are served, and to whom. */
final class PageOptions {
  private static final int USUAL_PORT = 8080;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description =
          "Of the page, /health, /prometheus and the API, 0 for any free one (default: 8080; run serves none without it).")
  private @Nullable Integer port;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description =
          "Address to serve them on (default: ${DEFAULT-VALUE}, this machine alone). Others need access: {tokens: ..., tls: ...} in a job.")
  private String host;

  @Option(
      names = "--insecure",
      description = "Serve other machines without asking who they are, or without TLS.")
  private boolean insecure;

  String host() {
    return host;
  }

  /** Empty if none was named. */
  OptionalInt port() {
    return port == null ? OptionalInt.empty() : OptionalInt.of(port);
  }

  boolean insecure() {
    return insecure;
  }

  /** Of those to whom a page is what they are for. */
  Exposure exposure(Optional<AccessSettings> access) {
    return new Exposure(host, port == null ? USUAL_PORT : port, access, insecure);
  }
}
