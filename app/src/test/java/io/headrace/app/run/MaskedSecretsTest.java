package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Topics;
import io.headrace.ingest.mask.Masking;
import io.headrace.pipeline.job.JobFile;
import io.headrace.schemas.RejectedSample;
import io.headrace.sink.WholeTopic;
import io.headrace.sink.archive.ArchiveReader;
import io.headrace.sink.seal.FileSeal;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Secrets of every kind, in good records and bad ones, in keys and headers, reach nothing that a
 * job writes or says: no file, no topic, no line of a log, no page. Without masking they do.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MaskedSecretsTest {
  private static final List<String> SECRETS =
      List.of(
          "Janeplanted",
          "planted@example.org",
          "4111 1111 1111 1111",
          "+49 170 7654321",
          "203.0.113.77",
          "078-05-1120",
          "987654321987",
          "Elmplanted");

  private static final String MASKING =
      """
      masking:
        - drop: {fields: [home]}
        - pseudonym: {fields: [name, account], key: "file:key"}
        - detect: {}
      """;

  private static final String RECORD =
      """
      sample:
        label: {field: y, classes: ["no", "yes"]}
        inputs:
          words: {tokens: {field: text, length: 20, vocabulary: grow}}
          names: {sparse: {fields: [name, account], bits: 10}}
          a: {dense: {fields: [a]}}
      model:
        - towers:
            inputs:
              words: [embedding: {dimension: 4}, global-avg-pool]
              names: [linear: {units: 2}]
              a: [dense: {units: 2}]
        - dense
      """;

  private static final int IMAGES = 23;

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // by start
  private EmbeddedBroker broker;

  @BeforeAll
  void start() throws IOException {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    Files.writeString(folder.resolve("key"), "a key that is long enough for this");
    try (Topics topics = Topics.at(broker.bootstrapServers());
        var producer = TopicJob.producer(broker.bootstrapServers(), Map.of())) {
      topics.createIfMissing("raw", 1);
      for (String prefix : List.of("", "open-", "log-", "kafka-", "images-")) {
        for (String name : List.of("letters", "metrics", "pushed")) {
          topics.createIfMissing(prefix + name, 1);
        }
      }
      records()
          .forEach(
              record -> {
                var message =
                    new ProducerRecord<>(
                        "raw", bytes("Janeplanted planted@example.org"), bytes(record));
                message.headers().add("from", bytes("203.0.113.77"));
                var _ = producer.send(message); // flushed below
              });
      producer.flush();
    }
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> records() {
    List<String> records = new ArrayList<>();
    String fields =
        "\"name\":\"Janeplanted\",\"account\":\"987654321987\",\"home\":{\"street\":\"Elmplanted 5\"},"
            + "\"text\":\"write to planted@example.org or +49 170 7654321 from 203.0.113.77, card"
            + " 4111 1111 1111 1111, number 078-05-1120\"}";
    for (int i = 0; i < 200; i++) {
      records.add("{\"y\":\"" + (i % 2 == 0 ? "no" : "yes") + "\",\"a\":" + i % 7 + "," + fields);
    }
    records.add("{\"y\":\"planted@example.org\",\"a\":1," + fields); // no class
    records.add("{\"y\":\"yes\",\"a\":\"planted@example.org is no number, 078-05-1120\"," + fields);
    records.add("{\"y\":\"yes\"," + fields); // a is missing
    records.add("{\"y\":\"yes\",\"a\":1," + fields + "behind it");
    records.add("Janeplanted,987654321987,Elmplanted 5,planted@example.org");
    return records;
  }

  private String ofTopic() {
    return "{kafka: {topic: raw, bootstrap: \"%s\", format: jsonl, stop-at-end: true}}"
        .formatted(broker.bootstrapServers());
  }

  /** Pushes all records at once, under a key that is a secret, and again. */
  private static void push(URI page) throws Exception {
    String body = String.join("\n", records());
    String first = "";
    try (var client = HttpClient.newHttpClient()) {
      for (int i = 0; i < 2; i++) {
        var request =
            HttpRequest.newBuilder(page.resolve("/api/v1/samples"))
                .headers("Content-Type", "application/x-ndjson")
                .headers("Idempotency-Key", "planted@example.org")
                .POST(BodyPublishers.ofString(body));
        var answer = client.send(request.build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        first = i == 0 ? answer.body() : first;
        assertThat(answer.body()).isEqualTo(first.replace("e\":false", "e\":" + (i == 1)));
      }
    }
  }

  private String everything(String prefix, String masking) throws Exception {
    return everything(prefix, masking, ofTopic(), RECORD, page -> {});
  }

  /** Does something to a job that runs. */
  @FunctionalInterface
  private interface Feeding {
    void of(URI page) throws Exception;
  }

  /** All that a run leaves behind and says. */
  private String everything(
      String prefix, String masking, String source, String learning, Feeding feeding)
      throws Exception {
    Path own = Files.createDirectories(folder.resolve(prefix + "run"));
    Path file = folder.resolve(prefix + "job.yaml");
    Files.writeString(
        file,
        """
        name: planted
        source: %s
        %s%sloss: logistic
        optimizer: {sgd: {learning-rate: 0.1}}
        batch: {size: 16}
        checkpoints: {directory: "%s", every-samples: 50}
        metrics: {file: "%s", topic: %smetrics, bootstrap: "%s", window-samples: 50}
        dead-letters: {file: "%s", topic: %sletters, bootstrap: "%s"}
        archive: {directory: "%s"}
        """
            .formatted(
                source,
                masking,
                learning,
                own.resolve("checkpoints"),
                own.resolve("metrics.jsonl"),
                prefix,
                broker.bootstrapServers(),
                own.resolve("dead.avro"),
                prefix,
                broker.bootstrapServers(),
                own.resolve("archive")));
    long trained;
    var all = new StringBuilder();
    var out = new StringWriter();
    var log = new ListAppender<ILoggingEvent>();
    var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    log.start();
    root.addAppender(log);
    try (var run =
        Attendant.start(
            JobFile.read(file, List.of()),
            false,
            false,
            "127.0.0.1",
            OptionalInt.of(0),
            false,
            new PrintWriter(out))) {
      URI page = run.page().orElseThrow().uri();
      feeding.of(page);
      int records = source.contains("file:") ? IMAGES : 205;
      run.attend(() -> settled(page) == records);
      for (String path :
          List.of(
              "/",
              "/api/v1/status",
              "/prometheus",
              "/api/v1/events",
              "/api/v1/checkpoints",
              "/api/v1/dead-letters")) {
        all.append(get(page.resolve(path)));
      }
      var report = run.finish(own.resolve("report.json"));
      trained = report.samplesTrained();
      assertThat(report.samplesRejected()).isEqualTo(source.contains("file:") ? 3 : 5);
    } finally {
      root.detachAppender(log);
    }
    log.list.forEach(event -> all.append(event.getFormattedMessage()).append('\n'));
    all.append(out);
    try (Stream<Path> files = Files.walk(own)) {
      files.filter(Files::isRegularFile).forEach(path -> all.append(path).append(latin(path)));
    }
    long[] archived = {0};
    ArchiveReader.open(own.resolve("archive"), FileSeal.NONE)
        .forEach(
            0,
            Long.MAX_VALUE,
            sample -> {
              all.append(sample);
              archived[0]++;
            });
    assertThat(archived[0]).isEqualTo(trained).isGreaterThan(0);
    letters(own.resolve("dead.avro")).forEach(letter -> append(letter, all));
    topic(prefix + "letters").forEach(all::append);
    topic(prefix + "metrics").forEach(all::append);
    return all.toString();
  }

  private static String latin(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String get(URI uri) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var response = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      assertThat(response.statusCode()).as(uri.toString()).isEqualTo(200);
      return response.body();
    }
  }

  private static List<RejectedSample> letters(Path file) throws IOException {
    List<RejectedSample> letters = new ArrayList<>();
    try (var reader =
        new DataFileReader<>(file.toFile(), new SpecificDatumReader<>(RejectedSample.class))) {
      reader.forEach(letters::add);
    }
    assertThat(letters).hasSizeBetween(3, 5);
    return letters;
  }

  private static void append(RejectedSample letter, StringBuilder to) {
    to.append(letter.getReason())
        .append(letter.getDetail())
        .append(StandardCharsets.UTF_8.decode(letter.getPayload().duplicate()));
    if (letter.getKey() != null) {
      to.append(StandardCharsets.UTF_8.decode(letter.getKey().duplicate()));
    }
    letter.getHeaders().forEach(header -> to.append(header.getKey()));
  }

  private List<String> topic(String name) {
    List<String> messages = new ArrayList<>();
    for (var message :
        WholeTopic.read(broker.bootstrapServers(), name, new ByteArrayDeserializer())) {
      messages.add(text(message.key()) + text(message.value()));
      message.headers().forEach(header -> messages.add(text(header.value())));
    }
    assertThat(messages).isNotEmpty();
    return messages;
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void reachNothingThatAJobWritesOrSays() throws Exception {
    assertHarmless(everything("", MASKING));
  }

  /** A log, in which positions, retries and withheld records are found again. */
  @Test
  void reachNothingWherePushedSamplesAreKeptInALog() throws Exception {
    String source =
        "{http: {port: 0, format: jsonl, directory: \"%s\"}}"
            .formatted(folder.resolve("log-run/push"));
    assertHarmless(everything("log-", MASKING, source, RECORD, MaskedSecretsTest::push));
  }

  @Test
  void reachNothingWherePushedSamplesAreKeptInATopic() throws Exception {
    String source =
        "{http: {port: 0, format: jsonl, acknowledge: kafka, topic: kafka-pushed, bootstrap: \"%s\"}}"
            .formatted(broker.bootstrapServers());
    String all = everything("kafka-", MASKING, source, RECORD, MaskedSecretsTest::push);
    assertHarmless(all + topic("kafka-pushed"));
  }

  /** In names of files and folders, in labels, and in what an image's file says of itself. */
  @Test
  void reachNothingWhereTheyStandInNamesAndFilesOfImages() throws Exception {
    String masking =
        """
        masking:
          - pseudonym: {fields: [label, file], key: "file:key"}
        """;
    String source = "{file: {path: photos, format: image-folder, max-record-bytes: 4000}}";
    String jane = photos("Janeplanted");
    String bob = photos("planted@example.org");
    String learning =
        """
        sample:
          label: {classes: ["%s", "%s"]}
          inputs: {image: {image: {shape: [8, 8, 3]}}}
        model: [flatten, dense]
        """
            .formatted(jane, bob);
    photo("Elmplanted", "987654321987.png", image("Elmplanted 5")); // no class
    photo("Janeplanted", "Janeplanted.png", "no image of 078-05-1120");
    photo("Janeplanted", "203.0.113.77.png", "x".repeat(5000)); // too large
    String all = everything("images-", masking, source, learning, page -> {});
    assertThat(all).contains("label-out-of-range", "malformed", "too-large");
    assertThat(all).containsPattern("ps-[0-9a-f]{32} has 5000 bytes");
    assertNoneIn(all);
  }

  /** Makes ten images of a class and gives its pseudonym. */
  private static String photos(String name) throws IOException {
    for (int i = 0; i < 10; i++) {
      photo(name, name + i + ".png", image("of " + name));
    }
    var rule =
        Masking.variants().spec("pseudonym", Map.of("fields", List.of("file"), "key", "file:key"));
    return Masking.of(List.of(rule), folder).fileNaming("image-folder").orElseThrow().told(name);
  }

  private static void photo(String label, String name, String content) throws IOException {
    Path of = Files.createDirectories(folder.resolve("photos").resolve(label));
    Files.writeString(of.resolve(name), content, StandardCharsets.ISO_8859_1);
  }

  /** A picture whose file ends with a note. */
  private static String image(String note) throws IOException {
    var bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", bytes))
        .isTrue();
    return bytes.toString(StandardCharsets.ISO_8859_1) + note;
  }

  private static long settled(URI page) {
    try {
      JsonNode ledger =
          new ObjectMapper().readTree(get(page.resolve("/api/v1/status"))).path("ledger");
      return ledger.path("trained").asLong() + ledger.path("rejected").asLong();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void assertHarmless(String all) {
    assertThat(all)
        .contains("label-out-of-range", "not-a-number", "missing-field", "malformed", "<email>")
        .containsPattern("ps-[0-9a-f]{32}");
    assertNoneIn(all);
  }

  private static void assertNoneIn(String all) {
    List<String> parts =
        List.of("planted@", "7654321", "1111 1111", "203.0.113", "05-1120", "elmplanted");
    Stream.concat(SECRETS.stream(), parts.stream())
        .forEach(secret -> assertThat(around(secret, all)).as(secret).isEmpty());
  }

  /** Where it is found, with what stands around it; empty if it is not. */
  private static String around(String secret, String text) {
    int at = text.toLowerCase(Locale.ROOT).indexOf(secret.toLowerCase(Locale.ROOT));
    return at < 0 ? "" : text.substring(Math.max(0, at - 200), at + 50).replaceAll("[^ -~]", "?");
  }

  /** So that the other test is known to look where they would be. */
  @Test
  void reachFilesTopicsAndPagesWithoutMasking() throws Exception {
    assertThat(everything("open-", "")).contains(SECRETS);
  }
}
