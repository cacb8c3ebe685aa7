package io.headrace.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.CommandLineRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program reads of commands has the fields that the documentation names. */
class JsonOutputTest {
  @TempDir private Path folder;

  private static JsonNode json(Object... arguments) throws JsonProcessingException {
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.status()).as(run.err()).isZero();
    return new ObjectMapper().readTree(run.out());
  }

  private static List<String> fields(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void listsTokensWithoutWhatTheyAre() throws Exception {
    Path file = folder.resolve("tokens.json");
    CommandLineRun made =
        CommandLineRun.of(
            "tokens", "create", "--file", file, "--role", "viewer", "--name", "Vera V");
    assertThat(made.status()).as(made.err()).isZero();

    JsonNode list = json("tokens", "list", "--file", file, "--json");

    assertThat(list).hasSize(1);
    assertThat(fields(list.get(0))).containsExactly("id", "role", "name", "expires", "expired");
    assertThat(list.get(0).path("name").asText()).isEqualTo("Vera V");
    assertThat(list.get(0).path("expired").asBoolean(true)).isFalse();
    assertThat(made.err()).contains(list.get(0).path("id").asText());
    assertThat(list.toString()).doesNotContain(made.out().strip());
  }

  @Test
  void listsKeysWithoutWhatTheyAre() throws Exception {
    Path file = folder.resolve("keys.json");
    assertThat(CommandLineRun.of("keys", "create", file).status()).isZero();
    assertThat(CommandLineRun.of("keys", "rotate", file).status()).isZero();

    JsonNode list = json("keys", "list", file, "--json");

    assertThat(list).hasSize(2);
    assertThat(fields(list.get(0))).containsExactly("id", "state", "primary");
    assertThat(list).extracting(key -> key.path("primary").asBoolean()).containsOnlyOnce(true);
  }

  @Test
  void scoresEachFileInAnObject() throws Exception {
    Path flights = CommandLineRun.HOME.resolve("examples/push/flights.jsonl");
    Path job =
        Files.writeString(
            folder.resolve("job.yaml"),
            """
            name: flights
            source: {file: {path: %s, format: jsonl}}
            sample:
              label: {field: late, classes: [on-time, late]}
              inputs:
                features: {sparse: {fields: [origin, hour], bits: 10}}
            model: [linear: {input: features}]
            loss: logistic
            optimizer: {adagrad: {learning-rate: 0.1}}
            checkpoints: {directory: %s}
            """
                .formatted(flights, folder.resolve("checkpoints")));
    assertThat(CommandLineRun.of("run", job).status()).isZero();

    JsonNode list =
        json("evaluate", folder.resolve("checkpoints"), "--json", "--data", flights, flights);

    assertThat(list).hasSize(2);
    assertThat(fields(list.get(0))).containsExactly("data", "test");
    assertThat(list.get(0).path("data").asText()).isEqualTo(flights.toString());
    assertThat(fields(list.get(0).path("test")))
        .contains("samples", "rejected", "accuracy", "loss", "classes", "confusion");
  }
}
