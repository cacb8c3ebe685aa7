package io.headrace.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.CommandLineRun;
import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a program reads of commands is JSON with the fields that the documentation names. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JsonOutputTest {
  private static final Path FLIGHTS = CommandLineRun.HOME.resolve("examples/push/flights.jsonl");

  /** Why a command has no {@code --json}. */
  private static final Map<String, String> WITHOUT =
      Map.ofEntries(
          Map.entry("demo", "--report, and the API while it runs"),
          Map.entry("run", "--report, and the API while it runs"),
          Map.entry("serve", "--report, and the API while it runs"),
          Map.entry("follow", "the API while it runs"),
          Map.entry("broker", "runs until it is stopped"),
          Map.entry("predict", "JSON lines are all that it prints"),
          Map.entry("archive show", "JSON lines are all that it prints"),
          Map.entry("checkpoints export", "the model card beside the file is JSON"),
          Map.entry("completion", "a script is all that it prints"),
          Map.entry("tokens create", "the token is all that it prints to stdout"),
          Map.entry("tokens revoke", "the exit status says it"),
          Map.entry("keys create", "the exit status says it, keys list the rest"),
          Map.entry("keys rotate", "the exit status says it, keys list the rest"),
          Map.entry("keys disable", "the exit status says it, keys list the rest"),
          Map.entry("keys enable", "the exit status says it, keys list the rest"),
          Map.entry("keys delete", "the exit status says it, keys list the rest"),
          Map.entry("keys public", "the exit status says it"),
          Map.entry("keys rewrap", "the exit status says it"));

  @TempDir private static Path folder;

  private final Map<String, List<Object>> runs = new LinkedHashMap<>();

  @BeforeAll
  void learn() throws IOException {
    Path samples =
        Files.writeString(
            folder.resolve("flights.jsonl"), Files.readString(FLIGHTS) + "{\"late\": \"never\"}\n");
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
            batch: {size: 3}
            dead-letters: {file: %s}
            archive: {directory: %s}
            checkpoints: {directory: %s, every-samples: 3}
            """
                .formatted(samples, at("dead.avro"), at("archive"), at("checkpoints")));
    done("run", job);
    done("keys", "create", at("signer.json"), "--signing");
    done("keys", "public", at("signer.json"), "--to", at("public.json"));
    done("checkpoints", "export", at("checkpoints"), at("model.vw"), "--sign", at("signer.json"));
    done("tokens", "create", "--file", at("tokens.json"), "--role", "viewer", "--name", "Vera V");
    done("keys", "create", at("keys.json"));
    done("keys", "rotate", at("keys.json"));
    String newest = DirectoryCheckpointStore.forReading(at("checkpoints")).list().getLast().name();
    Path checkpoint = at("checkpoints").resolve(newest);

    runs.put("convert", List.of(job, "--to", at("samples.avro")));
    runs.put("evaluate", List.of(at("checkpoints"), "--data", FLIGHTS, FLIGHTS));
    runs.put("replay", List.of(job, "--from", "start", "--to", at("checkpoints")));
    runs.put("verify", List.of(at("model.vw"), "--keys", at("public.json")));
    runs.put("archive list", List.of(at("archive")));
    runs.put("archive verify", List.of(at("archive"), "--checkpoint", checkpoint));
    runs.put("archive export", List.of(at("archive"), "--to", at("learned.avro")));
    runs.put("checkpoints list", List.of(at("checkpoints")));
    runs.put("checkpoints show", List.of(checkpoint));
    runs.put("checkpoints verify", List.of(checkpoint));
    runs.put("checkpoints restore", List.of(checkpoint));
    runs.put("checkpoints prune", List.of(at("checkpoints"), "--keep", 1));
    runs.put("dead-letters list", List.of("--from", at("dead.avro")));
    runs.put("dead-letters show", List.of("--from", at("dead.avro"), samples + "/0/8"));
    runs.put("dead-letters export", List.of("--from", at("dead.avro"), "--to", at("edits.jsonl")));
    runs.put(
        "dead-letters replay", List.of("--from", at("dead.avro"), "--to-file", at("again.jsonl")));
    runs.put("tokens list", List.of("--file", at("tokens.json")));
    runs.put("keys list", List.of(at("keys.json")));
  }

  private static Path at(String name) {
    return folder.resolve(name);
  }

  private static Path newest() {
    var all = DirectoryCheckpointStore.forReading(at("checkpoints")).list();
    return at("checkpoints").resolve(all.getLast().name());
  }

  private static CommandLineRun done(Object... arguments) {
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.status()).as("%s: %s", List.of(arguments), run.err()).isZero();
    return run;
  }

  private static JsonNode json(String command, List<Object> arguments)
      throws JsonProcessingException {
    List<Object> words = new ArrayList<>(List.of((Object[]) command.split(" ")));
    words.addAll(arguments);
    words.add("--json");
    return new ObjectMapper().readTree(done(words.toArray()).out());
  }

  private JsonNode json(String command) throws JsonProcessingException {
    return json(command, runs.getOrDefault(command, List.of()));
  }

  private static List<String> fields(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Commands without commands below them, by all their words. */
  private static Map<String, CommandLine> leaves(String words, CommandLine command) {
    Map<String, CommandLine> all = new TreeMap<>();
    if (command.getSubcommands().isEmpty()) {
      all.put(words.strip(), command);
    }
    command
        .getSubcommands()
        .forEach((name, below) -> all.putAll(leaves(words + " " + name, below)));
    return all;
  }

  /** The table in docs/operations.md: fields of the object, or of each object of the array. */
  private static Map<String, String> documented() throws IOException {
    String page = Files.readString(CommandLineRun.HOME.resolve("docs/operations.md"));
    Matcher rows =
        Pattern.compile("(?m)^\\| `([a-z -]+)` \\| an (?:object|array).*?`([A-Za-z0-9, ]+)`")
            .matcher(page.substring(page.indexOf("| command | JSON |")));
    Map<String, String> fields = new TreeMap<>();
    while (rows.find()) {
      fields.put(rows.group(1), rows.group(2));
    }
    return fields;
  }

  @Test
  void everyCommandHasItOrAReasonNotTo() throws IOException {
    var with = new TreeSet<String>();
    var without = new TreeSet<String>();
    leaves("", HeadraceCommand.commandLine())
        .forEach(
            (name, command) ->
                (command.getCommandSpec().optionsMap().containsKey("--json") ? with : without)
                    .add(name));
    assertThat(without).containsExactlyInAnyOrderElementsOf(WITHOUT.keySet());
    assertThat(documented().keySet()).containsExactlyInAnyOrderElementsOf(with);
    with.remove("produce"); // needs a broker: below
    assertThat(runs.keySet()).containsExactlyInAnyOrderElementsOf(with);
  }

  @Test
  void everyObjectHasTheFieldsThatAreDocumented() throws IOException {
    Map<String, String> documented = documented();
    for (String command : runs.keySet()) {
      JsonNode found = json(command);
      JsonNode object = found.isArray() ? found.path(0) : found;
      assertThat(String.join(", ", fields(object))).as(command).isEqualTo(documented.get(command));
    }
  }

  @Test
  void aReplayTellsWhatItCompared() throws Exception {
    JsonNode replay = json("replay");
    assertThat(replay.path("same").asBoolean()).isTrue();
    assertThat(replay.path("batches").asLong()).isEqualTo(replay.path("toStep").asLong());
    assertThat(replay.path("rebuiltSha256").asText())
        .hasSize(64)
        .isEqualTo(replay.path("expectedSha256").asText());
    assertThat(replay.path("differences").isEmpty()).isTrue();
  }

  @Test
  void aDamagedCheckpointIsAnEntryWithItsProblem() throws Exception {
    Path damaged = at("damaged.safetensors");
    Path whole = newest();
    byte[] bytes = Files.readAllBytes(whole);
    bytes[bytes.length - 1] ^= 1;
    Files.write(damaged, bytes);

    CommandLineRun run = CommandLineRun.of("checkpoints", "verify", damaged, whole, "--json");

    assertThat(run.status()).isOne();
    JsonNode entries = new ObjectMapper().readTree(run.out());
    assertThat(entries).hasSize(2);
    assertThat(entries.get(0).path("whole").asBoolean(true)).isFalse();
    assertThat(entries.get(0).path("problem").asText()).contains(damaged.getFileName().toString());
    assertThat(entries.get(1).path("whole").asBoolean()).isTrue();
  }

  @Test
  void saysWhatWasProduced() throws Exception {
    try (var broker = EmbeddedBroker.start(at("broker"), 0)) {
      JsonNode sent =
          json(
              "produce",
              List.of("--topic", "t", "--from", FLIGHTS, "--bootstrap", broker.bootstrapServers()));
      assertThat(String.join(", ", fields(sent))).isEqualTo(documented().get("produce"));
      assertThat(sent.path("records").asLong()).isEqualTo(8);
    }
  }

  @Test
  void listsTokensAndKeysWithoutWhatTheyAre() throws Exception {
    CommandLineRun made =
        done("tokens", "create", "--file", at("t.json"), "--role", "viewer", "--name", "Vera V");
    JsonNode tokens = json("tokens list", List.of("--file", at("t.json")));
    assertThat(tokens).hasSize(1);
    assertThat(tokens.get(0).path("name").asText()).isEqualTo("Vera V");
    assertThat(tokens.get(0).path("expired").asBoolean(true)).isFalse();
    assertThat(made.err()).contains(tokens.get(0).path("id").asText());
    assertThat(tokens.toString()).doesNotContain(made.out().strip());

    JsonNode keys = json("keys list");
    assertThat(keys).hasSize(2);
    assertThat(keys).extracting(key -> key.path("primary").asBoolean()).containsOnlyOnce(true);
  }

  @Test
  void scoresEachFileInAnObject() throws Exception {
    JsonNode scores = json("evaluate");
    assertThat(scores).hasSize(2);
    assertThat(scores.get(0).path("data").asText()).isEqualTo(FLIGHTS.toString());
    assertThat(fields(scores.get(0).path("test")))
        .contains("samples", "rejected", "accuracy", "loss", "classes", "confusion");
  }
}
