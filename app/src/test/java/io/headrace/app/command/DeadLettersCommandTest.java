package io.headrace.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.app.CommandLineRun;
import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Topics;
import io.headrace.sink.WholeTopic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dead letters from a real broker, and their way back to it or into a file. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeadLettersCommandTest {
  private static final String SOUND = "{\"y\":\"no\",\"a\":1,\"b\":2}";
  private static final String WRONG_LABEL = "{\"y\":\"perhaps\",\"a\":1,\"b\":2}";
  private static final String NO_JSON = "not json";

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // by start
  private EmbeddedBroker broker;

  @BeforeAll
  void start() {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  /** The options that name the letters of a job: those in its file, or those on its topic. */
  private List<Object> letters(String place, String name) {
    return place.equals("file")
        ? List.of("--from", folder.resolve(name + "-dead.avro"))
        : List.of("--topic", name + "-dead");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "topic"})
  void repairedLettersAreTrainedOnceAndThoseThatFailAgainAreSeen(String place) throws Exception {
    String name = "readings-" + place;
    createTopics(name, name + "-dead");
    send(name, SOUND);
    send(name, WRONG_LABEL);
    send(name, NO_JSON);
    send(name, SOUND);
    JsonNode first = train(name);
    assertThat(first.path("samplesTrained").asLong()).isEqualTo(2);
    assertThat(first.path("samplesRejected").asLong()).isEqualTo(2);

    JsonNode list = json(run("list", letters(place, name), "--json"));
    assertThat(list.path("letters").asInt()).isEqualTo(2);
    assertThat(list.path("byReason").path("malformed").asInt()).isEqualTo(1);
    assertThat(list.path("rows").get(0).path("letter").asText()).isEqualTo(name + "/0/1");
    assertThat(list.path("rows").get(0).path("replays").asInt()).isZero();
    CommandLineRun shown = run("show", letters(place, name), name + "/0/1");
    assertThat(shown.out())
        .contains("label-out-of-range", "perhaps", "to do ", "key       sensor")
        .contains("header    trace = 0xff00", "header    from = north");

    Path edits = folder.resolve(name + "-edits.jsonl");
    assertThat(run("export", letters(place, name), "--to", edits).out()).contains("2 letters");
    repair(edits, name + "/0/1");
    CommandLineRun dry = replay(place, name, edits, "--dry-run");
    assertThat(dry.out()).contains("2 letters would be put back", "0 were put back before");
    CommandLineRun replayed = replay(place, name, edits);
    assertThat(replayed.out())
        .contains("2 letters put back to topic " + name + ", 0 were put back before");
    assertThat(replay(place, name, edits).out())
        .contains("0 letters put back", "2 were put back before");

    List<ConsumerRecord<byte[], byte[]>> records = read(name);
    assertThat(records).hasSize(6);
    ConsumerRecord<byte[], byte[]> back = records.get(4);
    assertThat(new String(back.key(), StandardCharsets.UTF_8)).isEqualTo("sensor");
    assertThat(header(back, "from")).isEqualTo("north");
    assertThat(header(back, "headrace-replay-of")).isEqualTo(name + "/0/1");
    assertThat(header(back, "headrace-replay-count")).isEqualTo("1");

    JsonNode second = train(name);
    assertThat(second.path("samplesTrained").asLong()).isEqualTo(3);
    assertThat(second.path("samplesRejected").asLong()).isEqualTo(3);
    JsonNode after = json(run("list", letters(place, name), "--json"));
    assertThat(after.path("letters").asInt()).isEqualTo(3);
    assertThat(after.path("replayed").asInt()).isEqualTo(2);
    assertThat(after.path("failedAgain").asInt()).isEqualTo(1);
    assertThat(run("list", letters(place, name)).out()).contains("malformed  after 1 replays");

    CommandLineRun stays = replay(place, name, null, "--most-replays", "1");
    assertThat(stays.out()).contains("0 letters put back", "left: 1 was put back 1 times");
  }

  @Test
  void filtersByReasonPositionAndTime() throws Exception {
    createTopics("filtered");
    send("filtered", WRONG_LABEL);
    send("filtered", NO_JSON);
    send("filtered", NO_JSON);
    train("filtered");
    List<Object> from = letters("file", "filtered");
    assertThat(count(from, "--reason", "malformed")).isEqualTo(2);
    assertThat(count(from, "--positions", "..1")).isEqualTo(2);
    assertThat(count(from, "--positions", "2")).isEqualTo(1);
    assertThat(count(from, "--source", "elsewhere")).isZero();
    assertThat(count(from, "--partition", "0", "--since", "2020-01-01T00:00:00Z")).isEqualTo(3);
    assertThat(count(from, "--until", "2020-01-01T00:00:00Z")).isZero();
    CommandLineRun wrong = run("list", from, "--positions", "a..b");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("--positions a..b: is no range");
  }

  @Test
  void aFileThatIsPutBackIsReadByAJobAndItsFailuresAreCounted() throws Exception {
    Path data = folder.resolve("rows.jsonl");
    Files.writeString(data, SOUND + "\n" + WRONG_LABEL + "\n" + NO_JSON + "\n");
    trainFile("rows", data);
    Path again = folder.resolve("again.jsonl");
    List<Object> from = letters("file", "rows");
    assertThat(run("replay", from, "--to-file", again).out()).contains("2 letters put back");
    assertThat(again).hasContent(WRONG_LABEL + "\n" + NO_JSON + "\n");
    assertThat(run("replay", from, "--to-file", folder.resolve("other.jsonl")).out())
        .contains("0 letters put back", "2 were put back before");

    Files.writeString(again, SOUND + "\n" + NO_JSON + "\n");
    trainFile("rows", again);
    JsonNode list = json(run("list", from, "--json"));
    assertThat(list.path("failedAgain").asInt()).isEqualTo(1);
    assertThat(list.path("rows").get(2).path("replays").asInt()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAttemptThatWasCutOffIsSettledByLookingIntoTheTopic(boolean arrived) throws Exception {
    String name = "cut-off-" + arrived;
    createTopics(name);
    send(name, NO_JSON);
    train(name);
    Path memory = folder.resolve(name + "-dead.avro.replayed");
    Files.writeString(
        memory,
        """
        {"replay":"lost","state":"BEGUN","timeMillis":1,"target":"topic %s","ends":{"0":1},\
        "letters":["%s/0/0"],"counts":[1]}
        {"replay":"torn","sta\
        """
            .formatted(name, name));
    if (arrived) {
      var back = new ProducerRecord<byte[], byte[]>(name, NO_JSON.getBytes(StandardCharsets.UTF_8));
      back.headers().add("headrace-replay", "lost".getBytes(StandardCharsets.UTF_8));
      send(back);
    }
    assertThat(run("list", letters("file", name)).out()).contains("was cut off");

    CommandLineRun next = replay("file", name, null);
    assertThat(next.out())
        .contains("1 replays that were cut off are settled")
        .contains(
            arrived
                ? "0 letters put back to topic " + name + ", 1 were put back before"
                : "1 letters put back to topic " + name + ", 0 were put back before");
    assertThat(read(name)).hasSize(2);
    assertThat(replay("file", name, null).out()).contains("0 letters put back");
  }

  @Test
  void aLetterThatWasCutIsNotPutBackAsItIs() throws Exception {
    createTopics("long");
    send("long", "x".repeat(3 << 20));
    train("long");
    List<Object> from = letters("file", "long");
    assertThat(replay("file", "long", null).out())
        .contains("0 letters put back", "left: 1 was not kept whole");
    Path edits = folder.resolve("long.jsonl");
    run("export", from, "--to", edits);
    assertThat(replay("file", "long", edits).out()).contains("0 letters put back");
    Files.writeString(
        edits,
        new ObjectMapper()
            .createObjectNode()
            .put("letter", "long/0/0")
            .put("text", SOUND)
            .toString());
    assertThat(replay("file", "long", edits).out()).contains("1 letters put back");
  }

  @Test
  void saysInOneLineWhatCannotBe() {
    Path missing = folder.resolve("missing.avro");
    assertThat(run("list", List.of("--from", missing)).err())
        .startsWith("headrace: --from " + missing)
        .hasLineCount(1);
    assertThat(run("list", List.of("--topic", "no-such-topic")).err())
        .startsWith("headrace: There is no topic no-such-topic")
        .hasLineCount(1);
    assertThat(CommandLineRun.of("dead-letters", "list").status()).isEqualTo(2);
    assertThat(run("show", List.of("--from", missing), "nonsense").err())
        .contains("'nonsense' is no letter");
  }

  private int count(List<Object> from, Object... filter) throws IOException {
    List<Object> all = new ArrayList<>(List.of(filter));
    all.add("--json");
    return json(run("list", from, all.toArray())).path("letters").asInt();
  }

  private CommandLineRun run(String act, List<Object> from, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("dead-letters", act));
    arguments.addAll(from);
    arguments.addAll(List.of("--bootstrap", broker.bootstrapServers()));
    arguments.addAll(List.of(more));
    return CommandLineRun.of(arguments.toArray());
  }

  private CommandLineRun replay(
      String place, String name, @org.jspecify.annotations.Nullable Path edits, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("--to-topic", name));
    if (edits != null) {
      arguments.addAll(List.of("--repaired", edits));
    }
    arguments.addAll(List.of(more));
    CommandLineRun run = run("replay", letters(place, name), arguments.toArray());
    run.mustSucceed();
    return run;
  }

  private JsonNode train(String name) throws IOException {
    return train(
        name,
        "kafka: {topic: %s, format: jsonl, stop-at-end: true, bootstrap: '%s'}"
            .formatted(name, broker.bootstrapServers()),
        name + "-dead");
  }

  private void trainFile(String name, Path data) throws IOException {
    train(name, "file: {path: %s, format: jsonl}".formatted(data), name + "-dead");
  }

  private JsonNode train(String name, String source, String letters) throws IOException {
    Path job = folder.resolve(name + ".yaml");
    Files.writeString(
        job,
        """
      name: readings
      source:
        %s
      sample:
        label: {field: y, classes: [no, yes]}
        inputs:
          x: {dense: {fields: [a, b]}}
      model:
        - linear: {input: x}
      loss: logistic
      optimizer: {sgd: {learning-rate: 0.1}}
      checkpoints: {directory: %s}
      dead-letters: {file: %s, topic: %s, bootstrap: '%s'}
      """
            .formatted(
                source,
                folder.resolve(name + "-checkpoints"),
                folder.resolve(letters + ".avro"),
                letters,
                broker.bootstrapServers()));
    Path report = folder.resolve(name + ".json");
    CommandLineRun run = CommandLineRun.of("run", job, "--report", report);
    run.mustSucceed();
    return CommandLineRun.report(report);
  }

  private static void repair(Path edits, String letter) throws IOException {
    var mapper = new ObjectMapper();
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(edits)) {
      ObjectNode edit = (ObjectNode) mapper.readTree(line);
      if (edit.path("letter").asText().equals(letter)) {
        edit.put("text", edit.path("text").asText().replace("perhaps", "yes"));
      }
      lines.add(edit.toString());
    }
    Files.write(edits, lines);
  }

  private void createTopics(String... names) {
    try (var topics = Topics.at(broker.bootstrapServers())) {
      for (String name : names) {
        topics.createIfMissing(name, 1);
      }
    }
  }

  private void send(String topic, String text) throws Exception {
    var record =
        new ProducerRecord<>(
            topic,
            "sensor".getBytes(StandardCharsets.UTF_8),
            text.getBytes(StandardCharsets.UTF_8));
    record.headers().add("trace", new byte[] {(byte) 0xff, 0});
    record.headers().add("from", "north".getBytes(StandardCharsets.UTF_8));
    send(record);
  }

  private void send(ProducerRecord<byte[], byte[]> record) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of(
                "bootstrap.servers", broker.bootstrapServers(), "max.request.size", 16 << 20),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      var _ = producer.send(record).get();
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    return WholeTopic.read(broker.bootstrapServers(), topic, new ByteArrayDeserializer());
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String key) {
    return new String(record.headers().lastHeader(key).value(), StandardCharsets.UTF_8);
  }

  private static JsonNode json(CommandLineRun run) throws IOException {
    run.mustSucceed();
    return new ObjectMapper().readTree(run.out());
  }
}
