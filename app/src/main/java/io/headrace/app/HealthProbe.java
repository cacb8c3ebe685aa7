package io.headrace.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Asks the service of this machine over TLS whether it is healthy: exit status 0 if {@code /health}
 * answers 200. For an image's health check, which has no other program that speaks TLS; it needs
 * the JDK alone, so it starts quickly.
 */
final class HealthProbe {
  private static final int PATIENCE_MILLIS = 5_000;

  private HealthProbe() {}

  /** Takes the port and, for a part of the health, {@code readiness} or {@code liveness}. */
  public static void main(String[] arguments) {
    String part = arguments.length > 1 ? "/" + arguments[1] : "";
    try {
      String status = status(Integer.parseInt(arguments[0]), "/health" + part);
      System.exit(status.startsWith("HTTP/1.1 200") ? 0 : 1);
    } catch (IOException | GeneralSecurityException e) {
      System.err.println("port " + arguments[0] + " does not answer over TLS: " + e.getMessage());
      System.exit(1);
    }
  }

  /** The first line of the answer. */
  private static String status(int port, String path) throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .formatted(path)
                  .getBytes(StandardCharsets.US_ASCII));
      String line =
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
              .readLine();
      return String.valueOf(line);
    }
  }

  /**
   * The certificate is for the name that others know the service by, and nothing is told to whoever
   * listens here: it need not be checked.
   */
  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
