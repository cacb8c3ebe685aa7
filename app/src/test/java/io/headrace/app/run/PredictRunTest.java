package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.FLIGHTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.CommandLineRun;
import io.headrace.app.http.Exposure;
import io.headrace.app.http.HttpService;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code POST /api/v1/predict} of a job that has learned flights. */
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
class PredictRunTest {
  private static final int TRAINED = 6_400;
  private static final int ASKED = 20;
  private static final String JSON = "application/json";

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<GenericRecord> flights = new ArrayList<>();
  private JobRun run;
  private HttpService service;

  @BeforeEach
  void learn() throws Exception {
    run = start(List.of("serve.refresh-ms=5"), OptionalLong.of(TRAINED));
    run.await();
    service = HttpService.start(Exposure.local(0), new RunView(run, new LastCheckpoint()).served());
    try (var reader =
        new DataFileReader<GenericRecord>(
            FLIGHTS.resolve("flights.avro").toFile(), new GenericDatumReader<>())) {
      for (int i = 0; i < ASKED; i++) {
        flights.add(reader.next());
      }
    }
    for (int i = 0; i < 2000 && post("{}", JSON).statusCode() == 503; i++) {
      Thread.sleep(5);
    }
  }

  private JobRun start(List<String> more, OptionalLong stopAfter) {
    List<String> all = new ArrayList<>(more);
    all.add("checkpoints.directory=" + folder.resolve("checkpoints"));
    JobSpec job = JobFile.read(FLIGHTS.resolve("job.yaml"), all);
    return JobRun.start(job, new JobRun.Options(List.of(), stopAfter, step -> {}));
  }

  @AfterEach
  void close() {
    service.close();
    run.close();
    client.close();
  }

  private HttpResponse<String> post(byte[] body, String... headers)
      throws IOException, InterruptedException {
    URI uri = service.uri().resolve("/api/v1/predict");
    var request = HttpRequest.newBuilder(uri).POST(BodyPublishers.ofByteArray(body));
    return client.send(request.headers(headers).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String body, String type)
      throws IOException, InterruptedException {
    return post(body.getBytes(StandardCharsets.UTF_8), "Content-Type", type);
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return new ObjectMapper().readTree(response.body());
  }

  private static String text(GenericRecord flight) {
    return "{\"origin\":\"%s\",\"destination\":\"%s\",\"distance\":%s,\"hour\":%s,\"weekday\":%s}"
        .formatted(
            flight.get("origin"),
            flight.get("destination"),
            flight.get("distance"),
            flight.get("hour"),
            flight.get("weekday"));
  }

  @Test
  void bodiesUnderWayHaveOneBoundTogetherAndPackedOnesAreRefused() throws Exception {
    var bomb = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bomb)) {
      for (int i = 0; i < 64; i++) {
        gzip.write(new byte[1 << 20]);
      }
    }
    assertThat(bomb.size()).isLessThan(100_000);
    HttpResponse<String> packed =
        post(bomb.toByteArray(), "Content-Type", JSON, "Content-Encoding", "gzip");
    assertThat(packed.statusCode()).as(packed.body()).isIn(413, 415);

    HttpResponse<String> many = post("[" + "{},".repeat(1 << 16) + "{}]", JSON);
    assertThat(many.statusCode()).as(many.body()).isEqualTo(413);
    assertThat(many.body()).contains("65537 records are too many for one request");

    String padded = "{" + " ".repeat(5_000) + "}";
    int free = post(padded, JSON).statusCode();
    assertThat(free).isEqualTo(200);
    int largest = run.live().orElseThrow().maxRequestBytes();
    String begun =
        "POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n{"
            .formatted(largest);
    List<Socket> slow = new ArrayList<>();
    try {
      while (post(padded, JSON).statusCode() != 429) {
        assertThat((slow.size() - 50L) * largest).isLessThan(64 << 20);
        var socket = new Socket(InetAddress.getLoopbackAddress(), service.uri().getPort());
        slow.add(socket);
        socket.getOutputStream().write(begun.getBytes(StandardCharsets.US_ASCII));
      }
      assertThat((slow.size() + 1L) * largest).isGreaterThan(64 << 20);
      assertThat(post("{}", JSON).statusCode()).as("small ones pass").isEqualTo(200);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
    for (int i = 0; i < 2000 && post(padded, JSON).statusCode() == 429; i++) {
      Thread.sleep(5);
    }
    assertThat(post(padded, JSON).statusCode()).isEqualTo(free);
  }

  private byte[] container(CodecFactory codec) throws IOException {
    var bytes = new ByteArrayOutputStream();
    Schema schema = flights.getFirst().getSchema();
    try (var writer = new DataFileWriter<GenericRecord>(new GenericDatumWriter<>(schema))) {
      writer.setCodec(codec).create(schema, bytes);
      for (GenericRecord flight : flights) {
        writer.append(flight);
      }
    }
    return bytes.toByteArray();
  }

  /** What {@code headrace predict} says, with the checkpoint that the run left. */
  private List<JsonNode> ofTheCommandLine() throws IOException {
    Path file = folder.resolve("asked.avro");
    Files.write(file, container(CodecFactory.nullCodec()));
    var told =
        CommandLineRun.of(
            "predict", folder.resolve("checkpoints").toString(), "--input", file.toString());
    List<JsonNode> all = new ArrayList<>();
    for (String line : told.out().lines().toList()) {
      all.add(new ObjectMapper().readTree(line));
    }
    return all;
  }

  private static void assertSame(JsonNode predictions, List<JsonNode> expected) {
    assertThat(predictions.size()).isEqualTo(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      JsonNode wanted = expected.get(i);
      assertThat(predictions.path(i).path("prediction")).isEqualTo(wanted.path("prediction"));
      assertThat(predictions.path(i).path("probabilities")).isEqualTo(wanted.path("probabilities"));
    }
  }

  @Test
  void answersTheSameInEveryFormatAsTheCommandLineOfItsCheckpoint() throws Exception {
    List<JsonNode> expected = ofTheCommandLine();
    assertThat(expected).hasSize(ASKED);
    assertThat(expected.stream().map(p -> p.path("probabilities").toString()).distinct().count())
        .isGreaterThan(ASKED / 2);

    List<String> texts = flights.stream().map(PredictRunTest::text).toList();
    JsonNode batch = json(post("[" + String.join(",", texts) + "]", JSON));
    assertThat(batch.path("job").asText()).isEqualTo("flight-delay");
    assertThat(batch.path("step").asLong()).isEqualTo(TRAINED / 64);
    assertThat(batch.path("trained").asLong()).isEqualTo(TRAINED);
    assertThat(batch.path("positions").properties().iterator().next().getValue().asLong())
        .isEqualTo(TRAINED);
    assertSame(batch.path("predictions"), expected);

    String lines = String.join("\n", texts);
    assertSame(json(post(lines, "application/x-ndjson")).path("predictions"), expected);
    assertSame(json(post(texts.get(3), JSON)).path("predictions"), expected.subList(3, 4));
    for (CodecFactory codec : List.of(CodecFactory.nullCodec(), CodecFactory.deflateCodec(6))) {
      byte[] container = container(codec);
      JsonNode answer = json(post(container, "Content-Type", "application/avro"));
      assertSame(answer.path("predictions"), expected);
    }
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(lines.getBytes(StandardCharsets.UTF_8));
    }
    assertSame(
        json(post(
                packed.toByteArray(),
                "Content-Type",
                "application/x-ndjson",
                "Content-Encoding",
                "gzip"))
            .path("predictions"),
        expected);
  }

  @Test
  void readsASingleObjectInTheJobsSchema() throws Exception {
    service.close();
    run.close();
    String schema = new File(FLIGHTS.toFile(), "flight.avsc").toString();
    run = start(List.of("serve.refresh-ms=5", "source.file.schema=" + schema), OptionalLong.of(1));
    run.await(); // it had learned more: the restored model predicts
    service = HttpService.start(Exposure.local(0), new RunView(run, new LastCheckpoint()).served());
    Schema written = new Schema.Parser().parse(Files.readString(Path.of(schema)));
    var flight = new GenericData.Record(written);
    written.getFields().forEach(f -> flight.put(f.name(), flights.get(7).get(f.name())));
    byte[] body = new BinaryMessageEncoder<>(GenericData.get(), written).encode(flight).array();
    HttpResponse<String> answer = post(body, "Content-Type", "application/avro");
    for (int i = 0; i < 2000 && answer.statusCode() == 503; i++) {
      assertThat(answer.headers().firstValue("Retry-After")).contains("1");
      Thread.sleep(5);
      answer = post(body, "Content-Type", "application/avro");
    }
    assertSame(json(answer).path("predictions"), ofTheCommandLine().subList(7, 8));
  }

  private void assertProblem(HttpResponse<String> response, int status, String... words)
      throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonNode problem = new ObjectMapper().readTree(response.body());
    assertThat(problem.path("instance").asText()).isEqualTo("/api/v1/predict");
    assertThat(problem.path("detail").asText()).contains(words);
  }

  @Test
  void saysWhatIsWrongWithARequest() throws Exception {
    String good = text(flights.getFirst());
    String bad = good.replaceFirst("\"distance\":[^,]*", "\"distance\":[1]");
    assertProblem(
        post("[" + good + "," + bad + "]", JSON), 400, "Row 1", "distance", "not a single value");
    assertProblem(post("[" + good + ",", JSON), 400, "Row 1 cannot be read");
    assertProblem(post("no json", JSON), 400, "Row 0");
    assertProblem(post("x", "application/avro"), 400, "no whole Avro container");
    assertProblem(post("a=1", "text/csv"), 415, "text/csv", "application/json");
    assertProblem(
        post("[" + (good + ",").repeat(20_000) + good + "]", JSON), 413, "exceeds the maximum");
  }

  @Test
  void aJobThatDoesNotServeSaysHow() throws Exception {
    service.close();
    run.close();
    run = start(List.of(), OptionalLong.of(1));
    run.await();
    service = HttpService.start(Exposure.local(0), new RunView(run, new LastCheckpoint()).served());
    assertProblem(post("{}", JSON), 404, "serve: {}");
  }
}
