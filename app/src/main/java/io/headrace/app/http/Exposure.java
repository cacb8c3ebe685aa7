package io.headrace.app.http;

import io.headrace.engine.error.HeadraceException;
import io.headrace.pipeline.job.AccessSettings;
import io.headrace.pipeline.job.AccessSettings.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a service listens and whom it answers. Immutable.
 *
 * @param host address or name of the interface to listen on
 * @param port 0 for any free one
 * @param access who may do what; empty for everybody everything
 * @param insecure whether it may be open, or without TLS, to other machines
 */
public record Exposure(String host, int port, Optional<AccessSettings> access, boolean insecure) {
  static final String LOCAL = "127.0.0.1";

  /** Open, and on this machine alone. */
  public static Exposure local(int port) {
    return new Exposure(LOCAL, port, Optional.empty(), false);
  }

  /** Whether callers have to say who they are. */
  boolean authenticates() {
    return access.map(AccessSettings::authenticates).orElse(false);
  }

  Optional<Tls> tls() {
    return access.flatMap(AccessSettings::tls);
  }

  /**
   * Sees to it that nobody is served by accident.
   *
   * @throws HeadraceException if other machines could reach a service that does not ask who they
   *     are or that others can listen to, or if a file for TLS is not what it should be
   */
  void check() {
    if (!insecure && !loopback()) {
      String lacking =
          !authenticates() && tls().isEmpty()
              ? "authentication and TLS"
              : !authenticates() ? "authentication" : tls().isEmpty() ? "TLS" : "";
      if (!lacking.isEmpty()) {
        throw new HeadraceException(
            "--host %s lets other machines reach the service, and it has no %s. Give the job access: {tokens: tokens.json, tls: {certificate: cert.pem, key: key.pem}}, listen on %s, or say --insecure if something else keeps strangers away."
                .formatted(host, lacking, LOCAL));
      }
    }
    tls().ifPresent(Exposure::check);
  }

  /** What a person should know of it, as one line. */
  public String sentence() {
    String whom = loopback() ? "this machine" : "every machine that reaches " + host;
    return authenticates()
        ? "The page and the API ask callers who they are"
        : "The page and the API are open to everybody on "
            + whom
            + "; access: {tokens: FILE} in the job asks who they are";
  }

  /** Whether only this machine reaches it. */
  boolean loopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new HeadraceException(
          "--host %s is no address and no known name of this machine. %s is this machine alone, 0.0.0.0 all its interfaces."
              .formatted(host, LOCAL),
          e);
    }
  }

  private static void check(Tls tls) {
    try (InputStream in = Files.newInputStream(tls.certificate())) {
      if (CertificateFactory.getInstance("X.509").generateCertificates(in).isEmpty()) {
        throw unfit("certificate", tls.certificate(), "no certificate is in it", null);
      }
    } catch (IOException | CertificateException e) {
      throw unfit("certificate", tls.certificate(), e.toString(), e);
    }
    try {
      if (!Files.readString(tls.key()).contains("PRIVATE KEY-----")) {
        throw unfit("key", tls.key(), "no private key is in it", null);
      }
    } catch (IOException e) {
      throw unfit("key", tls.key(), e.toString(), e);
    }
  }

  private static HeadraceException unfit(
      String setting, Path file, String why, @Nullable Exception cause) {
    String message =
        "access.tls.%s: %s is of no use: %s. Name a PEM file.".formatted(setting, file, why);
    return cause == null ? new HeadraceException(message) : new HeadraceException(message, cause);
  }
}
