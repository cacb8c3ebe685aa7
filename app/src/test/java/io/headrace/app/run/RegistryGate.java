package io.headrace.app.run;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The only way to a registry: nobody listens there until the schemas behind it are complete, and it
 * may ask who comes. Thread-safe but for opening and shutting, which one thread does.
 */
final class RegistryGate implements AutoCloseable {
  private final String behind;
  private final AtomicInteger refused = new AtomicInteger();
  private final HttpClient http = HttpClient.newHttpClient();
  private final InetSocketAddress address;
  private @Nullable HttpServer server;
  private volatile @Nullable String authorization;

  /** A gate that is shut. */
  RegistryGate(String behind) throws IOException {
    this.behind = behind;
    HttpServer first = listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    address = first.getAddress();
    first.stop(0);
  }

  private HttpServer listen(InetSocketAddress at) throws IOException {
    HttpServer made = HttpServer.create(at, 0);
    made.createContext("/", this::pass);
    made.start();
    return made;
  }

  String url() {
    return "http://127.0.0.1:" + address.getPort();
  }

  void open() throws IOException {
    server = listen(address);
  }

  void shut() {
    HttpServer open = server;
    if (open != null) {
      open.stop(0);
      server = null;
    }
  }

  /** Lets only those through who send this header. */
  void require(String header) {
    authorization = header;
  }

  /** Requests that were not let through. */
  int refused() {
    return refused.get();
  }

  private void pass(HttpExchange exchange) throws IOException {
    int status = 401;
    byte[] body = {};
    String required = authorization;
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    if (required == null || required.equals(given)) {
      var request = HttpRequest.newBuilder(URI.create(behind + exchange.getRequestURI())).build();
      try {
        HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
        status = response.statusCode();
        body = response.body();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    } else {
      refused.incrementAndGet();
    }
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    shut();
    http.close();
  }
}
