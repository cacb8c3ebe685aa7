package io.headrace.ingest.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.decode.WriterSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A registry over real HTTP; time passes only while somebody pauses. */
@Timeout(60)
class RegistrySchemasTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Schema TRIP =
      SchemaBuilder.record("Trip").fields().requiredInt("meters").endRecord();

  @TempDir Path folder;

  private final RegistryStub registry = new RegistryStub();
  private final List<String> alerts = new ArrayList<>();
  private final List<Long> pauses = new ArrayList<>();
  private long millis;
  private Runnable whilePausing = () -> {};

  @AfterEach
  void close() {
    registry.close();
  }

  private RegistrySchemas schemas() {
    return schemas(settings(Optional.empty(), Optional.empty()), OptionalLong.empty());
  }

  private RegistrySettings settings(Optional<String> user, Optional<String> secret) {
    return RegistrySettings.of(registry.url() + "/", user, secret);
  }

  private RegistrySchemas schemas(RegistrySettings settings, OptionalLong giveUpMillis) {
    return new RegistrySchemas(
        new SchemaRegistry(settings, folder),
        settings,
        WriterSchemas.ofJob(null),
        giveUpMillis,
        (code, message) -> alerts.add(code + ": " + message),
        () -> TimeUnit.MILLISECONDS.toNanos(millis),
        this::pause);
  }

  private void pause(long forMillis) {
    pauses.add(forMillis);
    millis += forMillis;
    whilePausing.run();
  }

  @Test
  void asksForEachSchemaOnce() {
    int id = registry.add(TRIP);
    RegistrySchemas schemas = schemas();
    for (int i = 0; i < 3; i++) {
      assertThat(schemas.byId(id)).isEqualTo(TRIP);
    }
    millis += TimeUnit.DAYS.toMillis(1000);
    registry.down();
    assertThat(schemas.byId(id)).isEqualTo(TRIP);
    assertThat(registry.requests()).containsExactly("/api/schemas/ids/1");
  }

  @Test
  void remembersForAWhileThatAnIdIsUnknown() {
    RegistrySchemas schemas = schemas();
    assertThat(schemas.byId(1)).isNull();
    registry.add(TRIP);
    assertThat(schemas.byId(1)).isNull();
    assertThat(registry.requests()).hasSize(1);
    assertThat(schemas.unknown(1))
        .isEqualTo("the schema registry at " + registry.url() + " has none: Schema not found");
    millis += 30_000;
    assertThat(schemas.byId(1)).isEqualTo(TRIP);
    assertThat(registry.requests()).hasSize(2);
    assertThat(alerts).isEmpty();
  }

  @Test
  void idsThatNoRegistryGivesAreNotAskedFor() {
    RegistrySchemas schemas = schemas();
    int trip = registry.add(TRIP);
    for (int id : new int[] {0, -1, Integer.MIN_VALUE}) {
      assertThat(schemas.byId(id)).isNull();
    }
    assertThat(registry.requests()).isEmpty();
    assertThat(schemas.byId(trip)).isEqualTo(TRIP);
    assertThat(schemas.unknown(-5)).contains("ids of schemas are above 0");
  }

  @Test
  void waitsLongerAndLongerWhileItIsDownAndTellsOnce() {
    int id = registry.add(TRIP);
    registry.down();
    whilePausing =
        () -> {
          if (pauses.size() == 10) {
            registry.up();
          }
        };
    assertThat(schemas().byId(id)).isEqualTo(TRIP);
    assertThat(pauses)
        .containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 10_000L, 10_000L, 10_000L);
    assertThat(alerts)
        .singleElement()
        .asString()
        .startsWith("schema-registry: the schema registry at " + registry.url())
        .contains("does not answer (ConnectException")
        .contains("Reading waits for the schema of id 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "500|answers with HTTP status 500",
        "503|answers with HTTP status 503",
        "429|answers with HTTP status 429",
        "302|answers with HTTP status 302",
        "200|answers with what is no schema: its URL may be that of something else",
        "403|refuses us with HTTP status 403: correct registry.user and registry.secret",
        "404|has no such page (HTTP status 404): its URL may lack a path"
      })
  void waitsWhateverItAnswersInstead(int status, String told) {
    int id = registry.add(TRIP);
    registry.failWith(status);
    whilePausing =
        () -> {
          if (pauses.size() == 2) {
            registry.failWith(0);
          }
        };
    assertThat(schemas().byId(id)).isEqualTo(TRIP);
    assertThat(pauses).hasSize(2);
    assertThat(alerts).singleElement().asString().contains(told);
  }

  @Test
  void givesUpWhenAskedTo() {
    registry.down();
    RegistrySchemas schemas =
        schemas(settings(Optional.empty(), Optional.empty()), OptionalLong.of(1_000));
    assertThatThrownBy(() -> schemas.byId(7))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("for 1500 ms, and the schema of id 7 is needed. Start it, or");
  }

  @Test
  void stopsWaitingWhenItsThreadIsInterrupted() {
    registry.down();
    whilePausing = () -> Thread.currentThread().interrupt();
    RegistrySchemas schemas = schemas();
    assertThatThrownBy(() -> schemas.byId(7))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("was interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void findsTheTypesThatASchemaRefersTo() {
    Schema stop = SchemaBuilder.record("Stop").fields().requiredString("name").endRecord();
    ObjectNode inner = JSON.createObjectNode().put("schema", stop.toString());
    registry.addVersion("stops%20old", 3, inner);
    ObjectNode outer =
        JSON.createObjectNode()
            .put(
                "schema",
                "{\"type\": \"record\", \"name\": \"Trip\", \"fields\": [{\"name\": \"to\", \"type\": \"Stop\"}]}");
    var reference = outer.putArray("references").addObject();
    reference.put("name", "Stop").put("subject", "stops old").put("version", 3);
    int id = registry.addBody(outer);
    Schema read = Objects.requireNonNull(schemas().byId(id));
    assertThat(read.getField("to").schema()).isEqualTo(stop);

    reference.put("version", 4);
    int broken = registry.addBody(outer);
    RegistrySchemas schemas = schemas();
    assertThat(schemas.byId(broken)).isNull();
    assertThat(schemas.unknown(broken))
        .contains("refers to what it does not have: subject stops old, version 4");
  }

  @Test
  void saysWhatIsNoSchemaOfAvro() {
    int json =
        registry.addBody(JSON.createObjectNode().put("schema", "{}").put("schemaType", "JSON"));
    int odd = registry.addBody(JSON.createObjectNode().put("schema", "{\"type\": \"strang\"}"));
    RegistrySchemas schemas = schemas();
    assertThat(schemas.byId(json)).isNull();
    assertThat(schemas.unknown(json)).endsWith("has one of type JSON, not AVRO");
    assertThat(schemas.byId(odd)).isNull();
    assertThat(schemas.unknown(odd)).contains("has one that Avro cannot read: ");
  }

  @Test
  void saysWhoItIs() throws IOException {
    int id = registry.add(TRIP);
    Path file = folder.resolve("password");
    Files.writeString(file, "wrong\n");
    registry.require("Basic YW5uOnPDpHNhbWU="); // ann:säsame
    whilePausing =
        () -> {
          try {
            Files.writeString(file, "säsame\n"); // as a renewed secret would be
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        };
    RegistrySettings basic = settings(Optional.of("ann"), Optional.of("file:password"));
    assertThat(schemas(basic, OptionalLong.empty()).byId(id)).isEqualTo(TRIP);
    assertThat(pauses).hasSize(1);
    assertThat(alerts)
        .singleElement()
        .asString()
        .contains("HTTP status 401")
        .doesNotContain("wrong");
    assertThat(basic.toString()).doesNotContain("same");

    registry.require("Bearer token");
    Files.writeString(file, "token");
    RegistrySettings bearer = settings(Optional.empty(), Optional.of("file:password"));
    assertThat(schemas(bearer, OptionalLong.empty()).byId(id)).isEqualTo(TRIP);
  }

  @Test
  void saysWhichSecretIsNotThere() {
    for (String reference : List.of("env:HEADRACE_NO_SUCH_SECRET", "file:no-such-secret")) {
      RegistrySettings settings = settings(Optional.of("ann"), Optional.of(reference));
      assertThatThrownBy(() -> new SchemaRegistry(settings, folder))
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining(reference.substring(reference.indexOf(':') + 1));
    }
  }

  @Test
  void aTokenThatCannotBeOneIsNotRepeated() throws IOException {
    Files.writeString(folder.resolve("token"), "two\nlines");
    RegistrySettings settings = settings(Optional.empty(), Optional.of("file:token"));
    assertThatThrownBy(() -> new SchemaRegistry(settings, folder))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("characters that no token has")
        .hasMessageNotContaining("lines");
  }

  @ParameterizedTest
  @CsvSource({
    "http://ann:sesame@host:1, has more than host",
    "http://host/?key=sesame, has more than host",
    "ftp://host/sesame, is no URL of http or https",
    "host:8081, is no URL of http or https",
    "http://ses ame, is no URL"
  })
  void anUrlThatIsNoneIsNotRepeated(String url, String problem) {
    assertThatThrownBy(() -> RegistrySettings.of(url, Optional.empty(), Optional.empty()))
        .hasMessageContaining(problem)
        .hasMessageNotContaining("ame");
  }

  @Test
  void aSecretInTheJobFileIsRefusedAndNotRepeated() {
    assertThatThrownBy(() -> settings(Optional.of("ann"), Optional.of("sesame")))
        .hasMessageContaining("env:NAME or file:PATH")
        .hasMessageNotContaining("sesame");
    assertThatThrownBy(() -> settings(Optional.of("ann"), Optional.empty()))
        .hasMessageContaining("say where the password is");
  }

  @Test
  void registersASchema() {
    var client = new SchemaRegistry(settings(Optional.empty(), Optional.empty()), folder);
    int id = client.register("trips value", TRIP);
    assertThat(schemas().byId(id)).isEqualTo(TRIP);
    assertThat(registry.requests().getFirst()).isEqualTo("/api/subjects/trips%20value/versions");
    registry.failWith(503);
    assertThatThrownBy(() -> client.register("trips", TRIP))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("subject trips could not be registered")
        .hasMessageContaining("HTTP status 503");
  }
}
