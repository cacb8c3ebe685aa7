package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.FLIGHTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.CommandLineRun;
import io.headrace.app.broker.EmbeddedBroker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job that reaches its broker with a password, encrypts what it keeps and asks who its callers
 * are, in a process of its own: what it is told in secret comes out nowhere.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlantedSecretsTest {
  private static final String PASSWORD = "planted-password-9d41";
  private static final String WRONG_TOKEN = "planted-wrong-token-77c2";
  private static final Pattern PAGE = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/");

  @TempDir private static Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init") // by start
  private EmbeddedBroker broker;

  @BeforeAll
  void start() throws IOException {
    Files.writeString(folder.resolve("password"), PASSWORD + "\n");
    String login = "org.apache.kafka.common.security.plain.PlainLoginModule required";
    broker =
        EmbeddedBroker.start(
            folder.resolve("broker"),
            0,
            Map.of(
                "listener.security.protocol.map",
                "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name",
                "PLAINTEXT",
                "sasl.enabled.mechanisms",
                "PLAIN",
                "sasl.mechanism.inter.broker.protocol",
                "PLAIN",
                "listener.name.plaintext.plain.sasl.jaas.config",
                "%s username=broker password=b user_broker=b user_trainer=\"%s\";"
                    .formatted(login, PASSWORD)));
    CommandLineRun.of(
            "produce",
            "--topic",
            "flights",
            "--from",
            FLIGHTS.resolve("flights.avro"),
            "--rows",
            20_000,
            "--bootstrap",
            broker.bootstrapServers(),
            "--property",
            "security.protocol=SASL_PLAINTEXT",
            "--property",
            "sasl.mechanism=PLAIN",
            "--property",
            "sasl.jaas.config=" + login(reference("password")))
        .mustSucceed();
  }

  @AfterAll
  void stop() {
    broker.close();
    client.close();
  }

  private static String reference(String file) {
    return "${file:" + folder.resolve(file) + "}";
  }

  private static String login(String password) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=trainer password=\"%s\";"
        .formatted(password);
  }

  private List<Object> settings(String name, String password) {
    List<Object> all = new ArrayList<>(List.of(FLIGHTS.resolve("job-kafka.yaml")));
    for (String setting :
        List.of(
            "source.kafka.bootstrap=" + broker.bootstrapServers(),
            "source.kafka.properties.\"security.protocol\"=SASL_PLAINTEXT",
            "source.kafka.properties.\"sasl.mechanism\"=PLAIN",
            "source.kafka.properties.\"sasl.jaas.config\"='" + login(password) + "'",
            "dead-letters={topic: letters}",
            "checkpoints={directory: %s, every-samples: 5000}".formatted(folder.resolve(name)))) {
      all.add("--set");
      all.add(setting);
    }
    return all;
  }

  @Test
  void comeOutNowhere() throws Exception {
    Path keys = folder.resolve("keys.json");
    CommandLineRun.of("keys", "create", keys).mustSucceed();
    String key = new ObjectMapper().readTree(keys.toFile()).findValue("value").asText();
    Path tokens = folder.resolve("tokens.json");
    var made =
        CommandLineRun.of("tokens", "create", "--file", tokens, "--name", "op", "--role", "admin");
    String token = made.out().strip();
    List<String> planted = List.of(PASSWORD, WRONG_TOKEN, token, key);

    Path log = folder.resolve("run.log");
    List<Object> words = new ArrayList<>(List.of("run"));
    words.addAll(settings("checkpoints", reference("password")));
    Path audit = folder.resolve("audit.jsonl");
    words.addAll(
        List.of(
            "--set",
            "access={tokens: %s, audit: %s}".formatted(tokens, audit),
            "--set",
            "encryption.keys=" + keys,
            "--port",
            0));
    Process run = CommandLineRun.inOwnProcess(log, words);
    Map<String, String> seen = new TreeMap<>();
    try {
      URI page = page(log, run);
      assertThat(answer(page, "GET", "api/v1/status", WRONG_TOKEN)).startsWith("401");
      awaitTrained(page, token);
      assertThat(answer(page, "POST", "api/v1/checkpoints", token)).startsWith("20");
      for (String path :
          List.of(
              "", "api/v1/status", "api/v1/status/history", "api/v1/checkpoints", "prometheus")) {
        String told = answer(page, "GET", path, token);
        assertThat(told).as(path).startsWith("200");
        seen.put("/" + path, told);
      }
    } finally {
      run.destroy();
      assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    var shown =
        CommandLineRun.of(
            "checkpoints", "show", folder.resolve("checkpoints"), "--keys", keys, "--json");
    shown.mustSucceed();
    seen.put("checkpoints show", shown.out() + shown.err());
    seen.put("topic of metrics", topic("headrace-metrics"));
    for (Path file : files()) {
      if (!List.of("password", "keys.json").contains(file.getFileName().toString())) {
        seen.put(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    assertThat(seen.get(audit.toString())).as("audited").contains("checkpoints", "op");
    assertThat(seen.get("topic of metrics")).contains("loss");
    seen.forEach(
        (where, text) ->
            planted.forEach(
                secret -> assertThat(text).as("%s in %s", secret, where).doesNotContain(secret)));
  }

  @Test
  void areNotSaidWhereTheyAreWrong() throws IOException {
    Files.writeString(folder.resolve("wrong"), "planted-wrong-4c4c");
    List<Object> words = new ArrayList<>(List.of("run"));
    words.addAll(settings("wrong-password", reference("wrong")));
    words.add("--fail-fast");
    var run = CommandLineRun.of(words.toArray());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("Authentication failed").doesNotContain("planted");
  }

  @Test
  void areRefusedInAJobFile() {
    List<Object> words = new ArrayList<>(List.of("run"));
    words.addAll(settings("in-the-job", "planted-in-the-job"));
    var run = CommandLineRun.of(words.toArray());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .contains("sasl.jaas.config", "${env:NAME}")
        .doesNotContain("planted-in-the-job");
  }

  @Test
  void areSaidToBeMissingWhereTheyAre() {
    List<Object> words = new ArrayList<>(List.of("run"));
    words.addAll(settings("missing", "${env:HEADRACE_TEST_NO_SUCH}"));
    var run = CommandLineRun.of(words.toArray());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("sasl.jaas.config", "HEADRACE_TEST_NO_SUCH", "not set");
  }

  private static URI page(Path log, Process run) throws Exception {
    for (int i = 0; i < 600; i++) {
      Matcher page = PAGE.matcher(Files.readString(log));
      if (page.find()) {
        return URI.create(page.group());
      }
      assertThat(run.isAlive()).as(Files.readString(log)).isTrue();
      Thread.sleep(100);
    }
    throw new AssertionError(Files.readString(log));
  }

  private void awaitTrained(URI page, String token) throws Exception {
    for (int i = 0; i < 600; i++) {
      String status = answer(page, "GET", "api/v1/status", token);
      if (status.contains("\"trained\":20000") || status.contains("\"samplesTrained\":20000")) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError(answer(page, "GET", "api/v1/status", token));
  }

  private String answer(URI page, String method, String path, String token) throws Exception {
    var request =
        HttpRequest.newBuilder(page.resolve(path))
            .timeout(Duration.ofSeconds(20))
            .header("Authorization", "Bearer " + token)
            .method(method, BodyPublishers.noBody());
    var answer = client.send(request.build(), BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.headers().map() + answer.body();
  }

  private String topic(String name) throws IOException {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", broker.bootstrapServers(),
            "security.protocol", "SASL_PLAINTEXT",
            "sasl.mechanism", "PLAIN",
            "sasl.jaas.config", login(PASSWORD),
            "auto.offset.reset", "earliest",
            "group.id", "reader");
    var text = new StringBuilder();
    var bytes = new ByteArrayDeserializer();
    try (var consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
      consumer.subscribe(List.of(name));
      for (int i = 0; i < 60 && text.isEmpty(); i++) {
        for (var record : consumer.poll(Duration.ofMillis(500))) {
          text.append(new String(record.value(), StandardCharsets.ISO_8859_1));
        }
      }
    }
    return text.toString();
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(folder.resolve("broker")))
          .toList();
    }
  }
}
