package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.http.HttpService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** Pushes samples to a job. Thread-safe. */
final class PushClient implements AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI samples;

  PushClient(HttpService service) {
    samples = service.uri().resolve("/api/v1/samples");
  }

  HttpResponse<String> post(byte[] body, String... headers)
      throws IOException, InterruptedException {
    return client.send(request(body, headers), BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<String>> postAsync(byte[] body, String... headers) {
    return client.sendAsync(request(body, headers), BodyHandlers.ofString());
  }

  private HttpRequest request(byte[] body, String... headers) {
    return HttpRequest.newBuilder(samples)
        .headers(headers)
        .POST(BodyPublishers.ofByteArray(body))
        .build();
  }

  static JsonNode json(HttpResponse<String> response) {
    try {
      return new ObjectMapper().readTree(response.body());
    } catch (IOException e) {
      throw new AssertionError(response.body(), e);
    }
  }

  /** Waits until the fate of so many records is in the ledger; then it is that of no more. */
  static void awaitSettled(LongSupplier settled, long records) throws InterruptedException {
    for (int i = 0; i < 6000 && settled.getAsLong() < records; i++) {
      Thread.sleep(10);
    }
    assertThat(settled.getAsLong()).isEqualTo(records);
  }

  @Override
  public void close() {
    client.close();
  }
}
