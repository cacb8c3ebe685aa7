package io.headrace.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dead letters over HTTP: listed, shown, put back. */
class DeadLettersHttpTest {
  private static final String PATH = "/api/v1/dead-letters";

  private final MovingJob job = new MovingJob();
  private final HttpClient client = HttpClient.newHttpClient();
  @TempDir private Path folder;
  private KeptLetters letters;
  private HttpService service;

  @BeforeEach
  void start() {
    letters = new KeptLetters(folder);
    job.letters = Optional.of(letters);
    service = HttpService.start("127.0.0.1", 0, job.served(), Duration.ofSeconds(1));
  }

  @AfterEach
  void stop() {
    service.close();
    client.close();
  }

  @ParameterizedTest
  @CsvSource({
    "'', 3",
    "?reason=malformed, 2",
    "?reason=malformed&reason=label-out-of-range, 3",
    "?positions=..5, 2",
    "?positions=8, 1",
    "?source=elsewhere, 0",
    "?partition=0&since=2026-01-01T00:00:05Z, 2",
    "?until=2026-01-01T00:00:05Z, 1",
  })
  void listsThoseThatAreAskedFor(String query, int expected) throws Exception {
    JsonNode list = json(get(PATH + query));
    assertThat(list.path("letters").asInt()).isEqualTo(expected);
    assertThat(list.path("rows")).hasSize(expected);
  }

  @Test
  void sumsUpByReasonAndShowsTheNewest() throws Exception {
    JsonNode list = json(get(PATH + "?limit=1"));
    assertThat(list.path("byReason").path("malformed").asInt()).isEqualTo(2);
    assertThat(list.path("rows")).hasSize(1);
    assertThat(list.path("rows").get(0).path("letter").asText()).isEqualTo("flights/0/8");
  }

  @Test
  void showsOneWithItsBytesAndWhatToDo() throws Exception {
    JsonNode shown = json(get(PATH + "/show?letter=" + KeptLetters.FIRST));
    assertThat(shown.path("text").asText()).isEqualTo("{oops");
    assertThat(shown.path("remedy").asText()).contains("source.format");
  }

  @ParameterizedTest
  @CsvSource({
    "?positions=a..b, 400, positions a..b: is no range",
    "?since=yesterday, 400, since yesterday: is no time",
    "?partition=one, 400, partition",
    "?limit=0, 400, limit 0: is not 1 to 1000",
    "?limit=1001, 400, limit 1001: is not 1 to 1000",
    "/show, 400, letter",
    "/show?letter=no, 400, is no letter",
    "/show?letter=flights/0/4, 404, There is no letter of that name",
    "/show?letter=../../secret/0/4, 404, There is no letter of that name",
  })
  void saysWhatIsWrongWithARequest(String query, int status, String detail) throws Exception {
    HttpResponse<String> refused = get(PATH + query);
    assertThat(refused.statusCode()).isEqualTo(status);
    assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(refused.body()).contains(detail);
  }

  @Test
  void putsLettersBackOnce() throws Exception {
    JsonNode dry = json(post("?reason=malformed&dry-run=true", ""));
    assertThat(dry.path("replayed").asInt()).isEqualTo(2);
    assertThat(letters.back()).doesNotExist();

    JsonNode replayed = json(post("?reason=malformed", ""));
    assertThat(replayed.path("replayed").asInt()).isEqualTo(2);
    assertThat(replayed.path("dryRun").asBoolean()).isFalse();
    assertThat(letters.back()).hasContent("{oops\n<script>alert(1)</script>\n");

    Files.delete(letters.back());
    JsonNode again = json(post("", ""));
    assertThat(again.path("replayed").asInt()).isEqualTo(1);
    assertThat(again.path("already").asInt()).isEqualTo(2);
    assertThat(json(get(PATH)).path("replayed").asInt()).isEqualTo(3);
  }

  @Test
  void putsBackWhatTheBodyHasInTheirPlace() throws Exception {
    JsonNode replayed =
        json(
            post(
                "",
                """
                {"letter": "flights/0/3", "text": "{\\"late\\": \\"late\\"}"}
                {"letter": "flights/0/5", "text": null}
                {"letter": "flights/0/9", "text": "never rejected"}
                """));
    assertThat(replayed.path("replayed").asInt()).isEqualTo(1);
    assertThat(replayed.path("refused").path("is not among these letters").get(0).asText())
        .isEqualTo("flights/0/9");
    assertThat(letters.back()).hasContent("{\"late\": \"late\"}\n");

    HttpResponse<String> wrong = post("", "{\"letter\": \"flights/0/3\"}");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("body line 1: there is neither text nor base64");
  }

  @Test
  void saysThatTheTargetFailedWithoutSayingWhereItIs() throws Exception {
    Files.writeString(letters.back(), "is there already");
    HttpResponse<String> failed = post("", "");
    assertThat(failed.statusCode()).isEqualTo(503);
    assertThat(failed.body()).contains("is there already").doesNotContain(folder.toString());
  }

  @Test
  void aJobWithoutLettersSaysHowToKeepThem() throws Exception {
    job.letters = Optional.empty();
    for (HttpResponse<String> refused : List.of(get(PATH), post("", ""))) {
      assertThat(refused.statusCode()).isEqualTo(409);
      assertThat(refused.body()).contains("dead-letters: {file: ...}");
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(service.uri().resolve(path)).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String query, String body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(service.uri().resolve(PATH + "/replay" + query))
            .header("Content-Type", "application/x-ndjson")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> answer) throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }
}
