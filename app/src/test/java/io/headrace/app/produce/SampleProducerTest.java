package io.headrace.app.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Topics;
import io.headrace.sink.WholeTopic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleProducerTest {
  private static final int RECORDS = 2_000;

  @TempDir private Path folder;

  /** With several requests on their way the second is taken as the first, which then never fits. */
  @Test
  void losesNothingAndKeepsTheOrderWhereALeaderIsNotYetReady() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      lines.add(i + "," + "x".repeat(500));
    }
    Path file = folder.resolve("lines.csv");
    Files.writeString(file, "number,text\n" + String.join("\n", lines));
    try (var leader = new UnreadyLeader();
        var broker =
            EmbeddedBroker.start(
                folder.resolve("broker"),
                0,
                Map.of("advertised.listeners", "PLAINTEXT://" + leader.address()))) {
      leader.leadTo(broker.port());
      try (var topics = Topics.at(broker.bootstrapServers())) {
        topics.createIfMissing("new", 1);
      }
      Map<String, String> settings =
          Map.of(
              "bootstrap.servers",
              leader.address(),
              "compression.type",
              "none",
              "request.timeout.ms",
              "9000",
              "delivery.timeout.ms",
              "10000");
      try (var records = RecordFile.open(file);
          var producer = new SampleProducer("new", settings)) {
        assertThat(producer.send(records, Long.MAX_VALUE, 0, () -> false)).isEqualTo(RECORDS);
      }
      assertThat(leader.refusals()).isOne();
      assertThat(consume(leader.address())).isEqualTo(lines);
    }
  }

  private static List<String> consume(String bootstrap) {
    return WholeTopic.read(bootstrap, "new", new ByteArrayDeserializer()).stream()
        .map(read -> new String(read.value(), StandardCharsets.UTF_8))
        .toList();
  }
}
