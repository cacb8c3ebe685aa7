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

/** Stands before a registry and lets only those through who say who they are. Thread-safe. */
final class GuardedRegistry implements AutoCloseable {
  private final String url;
  private final String authorization;
  private final AtomicInteger refused = new AtomicInteger();
  private final HttpClient http = HttpClient.newHttpClient();
  private final HttpServer server;

  GuardedRegistry(String url, String authorization) throws IOException {
    this.url = url;
    this.authorization = authorization;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::pass);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Requests that were not let through. */
  int refused() {
    return refused.get();
  }

  private void pass(HttpExchange exchange) throws IOException {
    int status = 401;
    byte[] body = {};
    if (authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + exchange.getRequestURI())).build();
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
    server.stop(0);
    http.close();
  }
}
