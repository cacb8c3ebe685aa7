package io.headrace.app.run;

import static io.headrace.app.run.FuzzedJob.RECORDS;
import static io.headrace.app.run.FuzzedJob.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Topics;
import io.headrace.app.http.Exposure;
import io.headrace.app.http.HttpService;
import io.headrace.ingest.decode.FuzzSettings;
import io.headrace.ingest.decode.Mutator;
import io.headrace.pipeline.job.JobRun;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Damaged bodies over real connections: each is acknowledged or refused, with a reason, and every
 * record that was acknowledged is in the ledger, the rejected ones among the dead letters too.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzedPushTest {
  private static final int AT_ONCE = 16;

  @TempDir private Path folder;

  private final Random random = new Random(FuzzSettings.SEED);
  private final Map<Integer, Integer> answers = new TreeMap<>();

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "avro; application/avro; format: avro",
        "jsonl; application/x-ndjson; format: jsonl",
        "vw; text/plain; format: vw",
        "csv; text/csv; format: csv, columns: [y, a, b]",
        "text-lines; text/plain; format: text-lines",
      })
  void everyRecordAcknowledgedFromALogIsInTheLedger(String format, String type, String settings)
      throws Exception {
    push(format, type, settings + ", directory: " + folder.resolve("log"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "avro; application/avro; format: avro, schema: row.avsc",
        "jsonl; application/x-ndjson; format: jsonl",
      })
  void everyRecordAcknowledgedFromATopicIsInTheLedger(String format, String type, String settings)
      throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
        Topics topics = Topics.at(broker.bootstrapServers())) {
      topics.createIfMissing("pushed", 2);
      String brokers = ", bootstrap: \"" + broker.bootstrapServers() + "\"";
      push(format, type, settings + ", acknowledge: kafka, topic: pushed" + brokers);
    }
  }

  private void push(String format, String type, String settings) throws Exception {
    var mutator = new Mutator(random, bodies(format), FuzzedJob.words());
    var job =
        new FuzzedJob(folder.resolve("job"), format, "{http: {port: 0, %s}}".formatted(settings));
    long acknowledged = 0;
    try (JobRun run = JobRun.start(job.spec(), JobRun.Options.NONE);
        HttpService service =
            HttpService.start(Exposure.local(0), new RunView(run, new LastCheckpoint()).served());
        PushClient client = new PushClient(service)) {
      for (int i = 0; i < RECORDS; i += AT_ONCE) {
        List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
        for (int k = 0; k < AT_ONCE; k++) {
          sent.add(client.postAsync(mutator.next(), "Content-Type", type));
        }
        for (CompletableFuture<HttpResponse<String>> one : sent) {
          acknowledged += acknowledged(one.join());
        }
      }
      PushClient.awaitSettled(() -> run.status().ledger().read(), acknowledged);
      run.stop();
      job.account(run.await());
    }
    System.out.println("  answers by status: " + answers);
    assertThat(answers).containsKeys(200, 400);
  }

  /** Records that an answer acknowledges. */
  private long acknowledged(HttpResponse<String> answer) {
    answers.merge(answer.statusCode(), 1, Integer::sum);
    JsonNode body = PushClient.json(answer);
    if (answer.statusCode() == 200) {
      return body.path("next").asLong() - body.path("first").asLong();
    }
    assertThat(answer.statusCode()).as(answer.body()).isIn(400, 413, 415);
    assertThat(body.path("detail").asText()).as(answer.body()).isNotBlank();
    return 0;
  }

  private static List<byte[]> bodies(String format) throws IOException {
    if (format.equals("avro")) {
      return List.of(FuzzedRunTest.container("null"), FuzzedRunTest.container("deflate"));
    }
    return List.of(utf8(String.join("\r\n\n", FuzzedJob.lines(format))));
  }
}
