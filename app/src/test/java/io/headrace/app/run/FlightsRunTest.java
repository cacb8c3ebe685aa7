package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.FLIGHTS;
import static io.headrace.app.CommandLineRun.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.app.CommandLineRun;
import io.headrace.sink.checkpoint.SafetensorsReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The reference job from its file, and what can be done with the checkpoint that it leaves. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FlightsRunTest {
  @TempDir private static Path folder;

  private JsonNode report = com.fasterxml.jackson.databind.node.NullNode.getInstance();

  @BeforeAll
  void train() {
    report = run("one", 1);
  }

  private JsonNode run(String name, int threads) {
    Path file = folder.resolve(name + ".json");
    CommandLineRun run =
        CommandLineRun.of(
            "run",
            FLIGHTS.resolve("job.yaml"),
            "--set",
            "engine.threads=" + threads,
            "--set",
            "checkpoints.directory=" + folder.resolve(name),
            "--report",
            file);
    run.mustSucceed();
    assertThat(run.out()).contains("read 300,000 = trained 300,000 + rejected 0 + filtered 0");
    return CommandLineRun.report(file);
  }

  private Path newestCheckpoint() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("one"))) {
      return files
          .filter(file -> file.toString().endsWith(".safetensors"))
          .sorted()
          .reduce((a, b) -> b)
          .orElseThrow();
    }
  }

  @Test
  void learnsMoreThanItsBaselines() {
    assertThat(report.path("samplesTrained").asLong()).isEqualTo(300_000);
    assertThat(report.path("samplesRead").asLong()).isEqualTo(300_000);
    assertThat(report.path("metrics").path("auc").asDouble()).isGreaterThan(0.68);
    assertThat(report.path("metrics").path("logLoss").asDouble())
        .isLessThan(report.path("baselines").path("baseRateLogLoss").asDouble());
    assertThat(report.path("metrics").path("accuracy").asDouble())
        .isGreaterThan(report.path("baselines").path("majorityClassAccuracy").asDouble());
  }

  @Test
  void reportsEveryNameOfItsContract() {
    for (String name :
        List.of(
            "job",
            "samplesRead",
            "samplesTrained",
            "samplesRejected",
            "samplesFiltered",
            "seconds",
            "samplesPerSecond",
            "steps",
            "loss",
            "metrics",
            "baselines",
            "checkpoint",
            "parametersSha256")) {
      assertThat(report.has(name)).as(name).isTrue();
    }
  }

  @Test
  void endsWithTheSameBytesOnTwoThreads() {
    assertThat(run("two", 2).path("parametersSha256")).isEqualTo(report.path("parametersSha256"));
  }

  @Test
  void evaluatesTheCheckpointOnAFile() throws IOException {
    var run =
        CommandLineRun.of(
            "evaluate", newestCheckpoint(), "--data", FLIGHTS.resolve("flights.avro"));
    run.mustSucceed();
    assertThat(run.out())
        .contains("on 300,000 samples", "confusion", " 0 on-time", " 1 late", "auc 0.");
  }

  @Test
  void predictsForRecordsWithoutLabels() throws IOException {
    Path input = folder.resolve("new.jsonl");
    Files.writeString(
        input,
        """
        {"origin":"ORD","destination":"LGA","distance":733,"hour":18,"weekday":5}
        {"origin":"ORD","destination":
        {"origin":"HNL","destination":"OGG","distance":100,"hour":6,"weekday":2}
        """);
    var run = CommandLineRun.of("predict", folder.resolve("one"), "--input", input);
    run.mustSucceed();
    assertThat(run.out().lines()).hasSize(3);
    assertThat(run.out())
        .contains("\"position\":0,\"prediction\":\"")
        .contains("\"position\":1,\"fileByte\":74,\"rejected\":\"")
        .contains("\"position\":2,\"prediction\":\"on-time\"", "\"probabilities\":{\"on-time\":");
  }

  private static JsonNode json(String text) throws IOException {
    return new com.fasterxml.jackson.databind.ObjectMapper().readTree(text);
  }

  @Test
  void looksAfterItsCheckpoints() throws IOException {
    Path newest = newestCheckpoint();
    assertThat(CommandLineRun.of("checkpoints", "list", folder.resolve("one")).out())
        .contains(newest.getFileName().toString());
    assertThat(CommandLineRun.of("checkpoints", "show", newest).out())
        .contains("flight-delay", "from 0, next position 300,000", "model.0.linear.weight");
    JsonNode shown = json(CommandLineRun.of("checkpoints", "show", "--json", newest).out());
    JsonNode range = shown.path("partitions").path(0);
    assertThat(range.path("source").asText()).isEqualTo("flights.avro");
    assertThat(range.path("from").asLong(-1)).isZero();
    assertThat(range.path("next").asLong()).isEqualTo(300_000);
    CommandLineRun.of("checkpoints", "verify", newest).mustSucceed();

    Path copy = folder.resolve("checkpoint-000000000001.safetensors");
    CommandLineRun.of("checkpoints", "export", newest, copy).mustSucceed();
    byte[] bytes = Files.readAllBytes(copy);
    bytes[bytes.length - 1000] ^= 4;
    Files.write(copy, bytes);
    var damaged = CommandLineRun.of("checkpoints", "verify", copy);
    assertThat(damaged.status()).isOne();
    assertThat(damaged.out()).contains(copy.toString());
  }

  @Test
  void exportsTheModelWithACard() throws IOException {
    Path onnx = folder.resolve("flights.onnx");
    var run = CommandLineRun.of("checkpoints", "export", folder.resolve("one"), onnx);
    run.mustSucceed();
    assertThat(run.out()).contains("flight-delay, step", "(onnx, ");
    JsonNode card = json(Files.readString(folder.resolve("flights.onnx.json")));
    assertThat(card.path("samplesTrained").asLong()).isEqualTo(300_000);
    assertThat(card.path("metrics").path("logLoss").asDouble()).isBetween(0.4, 0.5);
    assertThat(card.path("data").path(0).path("next").asLong()).isEqualTo(300_000);
    assertThat(card.path("sha256").asText()).isEqualTo(sha256(onnx));
    assertThat(Files.readString(folder.resolve("flights.onnx.md")))
        .startsWith("# flight-delay\n")
        .contains("## The job", "name: flight-delay")
        .containsPattern("\\| `flights.avro` \\| 0 \\| 0 \\| 300,000 \\| 300,000 \\| ");
    Map<String, String> documented = documentedCard();
    documented.values().removeIf(when -> when.equals("private learning"));
    assertThat(names(card)).containsExactlyInAnyOrderElementsOf(documented.keySet());
  }

  /** The fields of a card's JSON by the documentation, and when each is there. */
  private static Map<String, String> documentedCard() throws IOException {
    String page = Files.readString(HOME.resolve("docs/formats.md"));
    String table = page.substring(page.indexOf("The card as JSON"), page.indexOf("For people out"));
    Matcher rows = Pattern.compile("(?m)^\\| ((?:`\\w+`(?:, )?)+) \\| ([^|]+) \\|").matcher(table);
    Map<String, String> fields = new TreeMap<>();
    while (rows.find()) {
      for (String field : rows.group(1).split(", ", -1)) {
        fields.put(field.replace("`", ""), rows.group(2));
      }
    }
    return fields;
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void exportsForThePublicWithoutWhereItCameFrom() throws IOException {
    Path weights = folder.resolve("public.safetensors");
    var run =
        CommandLineRun.of(
            "checkpoints",
            "export",
            folder.resolve("one"),
            weights,
            "--public",
            "--round-digits",
            7);
    run.mustSucceed();
    SafetensorsReader found = SafetensorsReader.read(weights);
    assertThat(found.tensors()).containsOnlyKeys("0.linear.bias", "0.linear.weight");
    assertThat(found.metadata()).containsOnlyKeys("job", "step");
    Map<String, String> documented = documentedCard();
    documented.values().removeIf(when -> !when.equals("always"));
    assertThat(names(json(Files.readString(folder.resolve("public.safetensors.json")))))
        .containsExactlyInAnyOrderElementsOf(documented.keySet());
    String all =
        Files.readString(weights, StandardCharsets.ISO_8859_1)
            + Files.readString(folder.resolve("public.safetensors.md"))
            + Files.readString(folder.resolve("public.safetensors.json"));
    assertThat(all).doesNotContain("flights.avro", "every-samples", "300000 ", "optimizer.");

    var refused =
        CommandLineRun.of(
            "checkpoints",
            "export",
            newestCheckpoint(),
            weights,
            "--format",
            "checkpoint",
            "--public");
    assertThat(refused.status()).isOne();
    assertThat(refused.err()).contains("exported as it is", "choose safetensors, onnx or vw");
  }

  @Test
  void exportsALinearModelAsText() throws IOException {
    Path text = folder.resolve("flights.vw");
    var run = CommandLineRun.of("checkpoints", "export", folder.resolve("one"), text);
    run.mustSucceed();
    List<String> lines = Files.readAllLines(text);
    assertThat(lines).contains("bits:18", ":0");
    int learned = lines.size() - lines.indexOf(":0") - 1;
    assertThat(learned).isBetween(5_000, 1 << 18);
    assertThat(lines.getLast()).matches("\\d+:-?[0-9.]+(E-?\\d+)?");
  }

  private static String sha256(Path file) throws IOException {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void refusesToReplayWhatWasPushed() {
    var replayed =
        CommandLineRun.of(
            "replay",
            HOME.resolve("examples/push/job.yaml"),
            "--from",
            "start",
            "--to",
            folder.resolve("one"));
    assertThat(replayed.status()).isOne();
    assertThat(replayed.err()).contains("samples that are pushed to it", "source: kafka");
  }

  @Test
  void refusesACheckpointOfAJobWithOtherSettings() {
    var run =
        CommandLineRun.of(
            "run",
            FLIGHTS.resolve("job.yaml"),
            "--set",
            "checkpoints.directory=" + folder.resolve("one"),
            "--set",
            "optimizer.ftrl.l1=0.5");
    assertThat(run.status()).isOne();
    assertThat(run.err()).contains("optimizer.ftrl.l1: was", "is 0.5", "--fresh");
  }
}
