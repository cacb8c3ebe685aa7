package io.headrace.ingest.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * A client of the part of Confluent's registry API that others speak as well: schemas by id, and
 * the registration of one. Every call asks the registry anew. Thread-safe.
 */
public final class SchemaRegistry {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TYPE = "application/vnd.schemaregistry.v1+json";
  private static final long MOST_BYTES = 16 << 20;

  /** Error codes of the API: no such subject, version or schema. */
  private static final Set<Integer> NO_SUCH = Set.of(40401, 40402, 40403);

  private final RegistrySettings settings;
  private final Path baseDirectory;
  private final HttpClient http;

  /**
   * @param baseDirectory where the relative path of a secret's file starts
   * @throws HeadraceException if the secret is not there
   */
  public SchemaRegistry(RegistrySettings settings, Path baseDirectory) {
    this.settings = settings;
    this.baseDirectory = baseDirectory;
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER) // they would be sent the secret
            .connectTimeout(Duration.ofMillis(settings.timeoutMillis()))
            .build();
    try {
      request("");
    } catch (IOException e) {
      throw new HeadraceException(
          "registry: %s. Set it, or correct registry.secret".formatted(e.getMessage()), e);
    }
  }

  /** Its address, for messages. */
  URI url() {
    return settings.url();
  }

  /** The schema with this id, and all that it refers to. */
  SchemaAnswer schema(int id) throws RegistryUnavailableException, InterruptedException {
    Reply reply = ask("/schemas/ids/" + id);
    if (reply.noSuch()) {
      return new SchemaAnswer.Unknown("has none: " + reply.message());
    }
    JsonNode found = reply.sound();
    String type = found.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      return new SchemaAnswer.Unknown("has one of type " + type + ", not AVRO");
    }
    try {
      return parsed(found);
    } catch (RuntimeException e) { // Avro fails on damaged schemas in many ways
      return new SchemaAnswer.Unknown("has one that Avro cannot read: " + e.getMessage());
    }
  }

  private SchemaAnswer parsed(JsonNode found)
      throws RegistryUnavailableException, InterruptedException {
    var parser = new Schema.Parser();
    String missing = addReferences(found, parser, new HashSet<>());
    return missing.isEmpty()
        ? new SchemaAnswer.Found(parser.parse(found.path("schema").asText()))
        : new SchemaAnswer.Unknown("has one that refers to what it does not have: " + missing);
  }

  /** Makes the types known that a schema refers to; the result says which there is not. */
  private String addReferences(JsonNode schema, Schema.Parser parser, Set<String> seen)
      throws RegistryUnavailableException, InterruptedException {
    for (JsonNode reference : schema.path("references")) {
      String subject = reference.path("subject").asText();
      String version = reference.path("version").asText();
      if (!seen.add(subject + " " + version)) {
        continue;
      }
      Reply reply = ask("/subjects/%s/versions/%s".formatted(encoded(subject), encoded(version)));
      if (reply.noSuch()) {
        return "subject " + subject + ", version " + version;
      }
      JsonNode referred = reply.sound();
      String missing = addReferences(referred, parser, seen);
      if (!missing.isEmpty()) {
        return missing;
      }
      var _ = parser.parse(referred.path("schema").asText());
    }
    return "";
  }

  /**
   * Registers a schema, or finds that it is.
   *
   * @return its id
   * @throws HeadraceException if the registry cannot be reached or refuses it
   */
  public int register(String subject, Schema schema) {
    try {
      byte[] body = JSON.writeValueAsBytes(Map.of("schema", schema.toString()));
      HttpRequest.Builder post =
          request("/subjects/%s/versions".formatted(encoded(subject)))
              .header("Content-Type", TYPE)
              .POST(HttpRequest.BodyPublishers.ofByteArray(body));
      Reply reply = send(post);
      int id = reply.json().path("id").asInt(-1);
      if (reply.status() != 200 || id < 0) {
        throw new RegistryUnavailableException(
            "answers with HTTP status " + reply.status() + ": " + reply.message());
      }
      return id;
    } catch (RegistryUnavailableException | IOException e) {
      throw new HeadraceException(
          "subject %s could not be registered: the schema registry at %s %s"
              .formatted(subject, url(), e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HeadraceException("registering subject " + subject + " was interrupted", e);
    }
  }

  private Reply ask(String path) throws RegistryUnavailableException, InterruptedException {
    try {
      return send(request(path));
    } catch (IOException e) {
      throw new RegistryUnavailableException("cannot be asked: " + e.getMessage());
    }
  }

  private HttpRequest.Builder request(String path) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(settings.url() + path))
            .timeout(Duration.ofMillis(settings.timeoutMillis()))
            .header("Accept", TYPE + ", application/json");
    if (settings.secret().isPresent()) {
      String secret = settings.secret().get().read(baseDirectory);
      if (!secret.chars().allMatch(c -> c > ' ' && c < 0x7f) && settings.user().isEmpty()) {
        throw new IOException("the token has characters that no token has");
      }
      request.header("Authorization", authorization(secret));
    }
    return request;
  }

  private String authorization(String secret) {
    return settings
        .user()
        .map(user -> (user + ":" + secret).getBytes(StandardCharsets.UTF_8))
        .map(pair -> "Basic " + Base64.getEncoder().encodeToString(pair))
        .orElse("Bearer " + secret);
  }

  private Reply send(HttpRequest.Builder request)
      throws RegistryUnavailableException, InterruptedException {
    try {
      HttpResponse<byte[]> response =
          http.send(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
      return new Reply(response.statusCode(), json(response.body()));
    } catch (HttpTimeoutException e) {
      throw new RegistryUnavailableException(
          "does not answer within timeout-ms, " + settings.timeoutMillis());
    } catch (IOException e) {
      String what = e.getMessage() == null ? "" : ": " + e.getMessage();
      throw new RegistryUnavailableException(
          "does not answer (" + e.getClass().getSimpleName() + what + ")");
    }
  }

  private static JsonNode json(byte[] body) throws IOException {
    try {
      JsonNode json = JSON.readTree(body);
      return json == null ? JSON.missingNode() : json;
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** An answer of whatever status. */
  private record Reply(int status, JsonNode json) {
    private static final int SHOWN = 300;

    boolean noSuch() {
      return status == 404 && NO_SUCH.contains(json.path("error_code").asInt());
    }

    String message() {
      String text = json.path("message").asText("nothing more is said");
      return text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    }

    /** A body that has a schema. */
    JsonNode sound() throws RegistryUnavailableException {
      if (status == 200 && json.path("schema").isTextual()) {
        return json;
      }
      throw new RegistryUnavailableException(
          switch (status) {
            case 200 -> "answers with what is no schema: its URL may be that of something else";
            case 401, 403 ->
                "refuses us with HTTP status %d: correct registry.user and registry.secret"
                    .formatted(status);
            case 404 ->
                "has no such page (HTTP status 404): its URL may lack a path, such as"
                    + " /apis/ccompat/v7";
            default -> "answers with HTTP status %d: %s".formatted(status, message());
          });
    }
  }
}
