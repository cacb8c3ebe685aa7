package io.headrace.ingest.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** A registry in this JVM that misbehaves as a test says. Thread-safe. */
public final class RegistryStub implements AutoCloseable {
  static {
    System.setProperty("sun.net.httpserver.nodelay", "true"); // answers are two writes
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> bodies = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final int port;
  private volatile int failing;
  private volatile @Nullable String authorization;
  private volatile @Nullable HttpServer server;

  /** Starts on any port. */
  public RegistryStub() {
    server = listen(0);
    port = server.getAddress().getPort();
  }

  private HttpServer listen(int at) {
    try {
      var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 0);
      http.createContext("/", this::answer);
      http.start();
      return http;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + port + "/api";
  }

  /** Adds a schema; the result is its id. */
  public int add(Schema schema) {
    return addBody(JSON.createObjectNode().put("schema", schema.toString()));
  }

  /** Adds what a schema's page says; the result is its id. */
  int addBody(JsonNode body) {
    int id = ids.incrementAndGet();
    setBody(id, body.toString());
    return id;
  }

  /** Says, of an id, whatever {@code body} is. */
  void setBody(int id, String body) {
    bodies.put("/schemas/ids/" + id, body);
  }

  void addVersion(String subject, int version, JsonNode body) {
    bodies.put("/subjects/" + subject + "/versions/" + version, body.toString());
  }

  /** Answers everything with {@code status}; with 0, as it should again. */
  public void failWith(int status) {
    failing = status;
  }

  /** Refuses requests without this header. */
  public void require(String header) {
    authorization = header;
  }

  /** Paths that were asked for, in order. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Stops listening. */
  public void down() {
    HttpServer running = server;
    if (running != null) {
      running.stop(0);
      server = null;
    }
  }

  /** Listens again at the same port. */
  public void up() {
    server = listen(port);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    requests.add(path);
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    if (authorization != null && !authorization.equals(given)) {
      send(exchange, 401, "{\"error_code\": 401, \"message\": \"who are you?\"}");
    } else if (failing != 0) {
      send(exchange, failing, "<html>oh no</html>");
    } else if (!path.startsWith("/api/")) {
      send(exchange, 404, "{\"error_code\": 404, \"message\": \"HTTP 404 Not Found\"}");
    } else if (exchange.getRequestMethod().equals("POST")) {
      JsonNode posted = JSON.readTree(exchange.getRequestBody());
      send(exchange, 200, "{\"id\": " + addBody(posted) + "}");
    } else {
      String body = bodies.get(path.substring("/api".length()));
      String none = "{\"error_code\": 40403, \"message\": \"Schema not found\"}";
      send(exchange, body == null ? 404 : 200, body == null ? none : body);
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/vnd.schemaregistry.v1+json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    down();
  }
}
