package io.headrace.ingest.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.decode.FuzzSettings;
import io.headrace.ingest.decode.Mutator;
import io.headrace.ingest.decode.WriterSchemas;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Damaged answers of a registry: each is a schema, a reason why there is none, or a registry that
 * is of no use now. A tenth as many as there are records in other fuzz tests, as each is a request.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzedRegistryTest {
  private static final int ANSWERS = FuzzSettings.RECORDS / 10;
  private static final String TRIP =
      """
      {"type": "record", "name": "a.Trip", "fields": [
        {"name": "m", "type": ["null", "int"], "default": null},
        {"name": "k", "type": {"type": "enum", "name": "K", "symbols": ["A", "B"], "default": "A"}},
        {"name": "c", "type":
          {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}}]}
      """;

  private final RegistryStub registry = new RegistryStub();
  private final Random random = new Random(FuzzSettings.SEED);

  @AfterEach
  void close() {
    registry.close();
  }

  /** Answers with damaged schemas, and damaged answers with sound ones. */
  private String answer(Mutator schemas, Mutator answers) {
    return random.nextBoolean()
        ? text(answers.next())
        : body(text(schemas.next())).put("schemaType", "AVRO").toString();
  }

  private static ObjectNode body(String schema) {
    return new ObjectMapper().createObjectNode().put("schema", schema);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whateverItAnswersIsASchemaOrToldToAPerson() {
    ObjectNode referring = body("\"Other\"");
    referring.putArray("references").addObject().put("subject", "o").put("version", 1);
    var schemas =
        new Mutator(
            random,
            List.of(utf8(TRIP), utf8("{\"type\":".repeat(3000)), utf8("\"int\"")),
            List.of(
                "\"", "{", "}", "[", ",", ":", "null", "-1", "1e999", "\"record\"", "\"name\":"));
    var answers =
        new Mutator(
            random,
            List.of(
                utf8(body(TRIP).toString()),
                utf8(referring.toString()),
                utf8(body("{}").put("schemaType", "PROTOBUF").toString())),
            List.of("\"", "{", "}", "[", "null", "\\", "\\u", "1e999"));
    RegistrySettings settings =
        RegistrySettings.of(registry.url(), Optional.empty(), Optional.empty());
    var asked =
        new RegistrySchemas(
            new SchemaRegistry(settings, Path.of(".")),
            settings,
            WriterSchemas.ofJob(null),
            OptionalLong.of(0),
            (code, message) -> {},
            () -> 0,
            millis -> {});
    int found = 0;
    int unknown = 0;
    int useless = 0;
    for (int id = 1; id <= ANSWERS; id++) {
      String body = answer(schemas, answers);
      registry.setBody(id, body);
      try {
        if (asked.byId(id) != null) {
          found++;
        } else {
          assertThat(asked.unknown(id)).as(body).contains(registry.url());
          unknown++;
        }
      } catch (HeadraceException e) {
        assertThat(e).as(body).hasMessageContaining("the schema registry at");
        useless++;
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "seed %d, answer %d, %s threw %s".formatted(FuzzSettings.SEED, id, body, e), e);
      }
    }
    System.out.printf(
        "fuzzed answers of a registry, seed %d: %d schemas, %d none, %d of no use%n",
        FuzzSettings.SEED, found, unknown, useless);
    assertThat(List.of(found, unknown, useless)).allMatch(count -> count > 0);
  }
}
