package io.headrace.sink.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesEventSinkTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path temp;

  @Test
  void writesEachEventAsOneLineAtOnce() throws IOException {
    Path file = temp.resolve("data/metrics.jsonl");
    try (var sink = new JsonLinesEventSink(file)) {
      sink.accept(Events.metrics(5));
      sink.accept(Events.checkpoint(6));
      sink.accept(Events.alert("disk\nfull"));
      sink.accept(Events.drift());
      List<String> lines = Files.readAllLines(file);
      assertThat(lines).hasSize(4);
      JsonNode metrics = JSON.readTree(lines.get(0));
      assertThat(metrics.path("event").asText()).isEqualTo("metrics");
      assertThat(metrics.path("window").path("accuracy").asDouble()).isEqualTo(0.75);
      assertThat(metrics.path("samplesRead").asLong()).isEqualTo(9);
      assertThat(metrics.path("confusion")).hasSize(4);
      assertThat(metrics.path("calibration").path("window")).isEmpty();
      assertThat(metrics.path("calibration").path("total").path(0).path("observed").asDouble())
          .isEqualTo(0.25);
      assertThat(JSON.readTree(lines.get(1)).path("name").asText()).isEqualTo("checkpoint-6");
      assertThat(JSON.readTree(lines.get(2)).path("message").asText()).isEqualTo("disk\nfull");
      assertThat(lines.get(3))
          .isEqualTo(
              "{\"event\":\"drift\",\"job\":\"job\",\"step\":9,\"timeMillis\":7,\"what\":\"loss\",\"before\":0.25,\"now\":0.5,\"threshold\":0.375,\"samples\":2000}");
    }
  }

  @Test
  void goesOnOnALineOfItsOwnWhereACrashToreTheLast() throws IOException {
    Path file = temp.resolve("metrics.jsonl");
    Files.writeString(file, "{\"event\":\"me");
    for (int i = 0; i < 2; i++) {
      try (var sink = new JsonLinesEventSink(file)) {
        sink.accept(Events.checkpoint(i));
      }
    }
    assertThat(Files.readAllLines(file)).hasSize(3).first().isEqualTo("{\"event\":\"me");
  }

  @Test
  void saysWhenTheFileCannotBeWritten() {
    assertThatThrownBy(() -> new JsonLinesEventSink(temp))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("metrics.file: " + temp);
  }
}
