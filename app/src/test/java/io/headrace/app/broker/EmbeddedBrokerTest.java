package io.headrace.app.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.WholeTopic;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.internals.FatalExitError;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.internals.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {
  @TempDir private Path directory;

  @Test
  void keepsTopicsAndRecordsAcrossARestart() throws Exception {
    try (var broker = EmbeddedBroker.start(directory, 0);
        var topics = Topics.at(broker.bootstrapServers())) {
      assertThat(topics.find("flights")).isEmpty();
      assertThat(topics.createIfMissing("flights", 2)).isEqualTo(new Topic("flights", 2));
      assertThat(topics.createIfMissing("flights", 5))
          .as("an existing topic keeps its partitions")
          .isEqualTo(new Topic("flights", 2));
      produce(broker, "before");
      assertThat(consume(broker)).containsExactly("before");
    }
    try (var broker = EmbeddedBroker.start(directory, 0);
        var topics = Topics.at(broker.bootstrapServers())) {
      assertThat(topics.find("flights")).contains(new Topic("flights", 2));
      produce(broker, "after");
      assertThat(consume(broker)).containsExactly("before", "after");
    }
  }

  @Test
  void findsFreePortsBelowThoseThatSystemsGiveToConnections() {
    for (int i = 0; i < 20; i++) {
      int port = Ports.free(0);
      assertThat(port).isBetween(20_000, 32_767);
      assertThat(Ports.freeBeside(port)).isNotEqualTo(port).isBetween(20_000, 32_767);
    }
  }

  @Test
  void saysThatThePortIsTaken() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> EmbeddedBroker.start(directory, port))
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining("Port " + port)
          .hasMessageContaining("choose another port");
    }
    assertThat(directory).as("nothing was begun").isEmptyDirectory();
  }

  @Test
  void saysThatTheDirectoryCannotBeWritten() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> EmbeddedBroker.start(file.resolve("broker"), 0))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("cannot write to " + file.resolve("broker"));
  }

  @Test
  void saysThatAnotherBrokerHasTheDirectoryAndLeavesThatOneAlone() throws Exception {
    try (var first = EmbeddedBroker.start(directory, 0);
        var topics = Topics.at(first.bootstrapServers())) {
      assertThatThrownBy(() -> EmbeddedBroker.start(directory, 0))
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining("still runs");
      assertThat(topics.createIfMissing("flights", 1).partitions()).isEqualTo(1);
    }
  }

  @Test
  void keepsTheJvmWhenKafkaAsksForItsEnd() {
    KafkaExit.keepJvmAlive();
    assertThatThrownBy(() -> Exit.halt(1, "a fault for the test"))
        .as("Kafka's own thread ends, the JVM does not")
        .isInstanceOf(FatalExitError.class);
  }

  /**
   * Signs of life at half the rate that the controller wants: the broker counts as dead by turns.
   */
  @Test
  void createsATopicOnceTheBrokerCountsAsAliveAgain() throws Exception {
    var seldom = Map.of("broker.session.timeout.ms", "300", "broker.heartbeat.interval.ms", "600");
    try (var broker = EmbeddedBroker.start(directory, 0, seldom);
        var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        var topics = Topics.at(broker.bootstrapServers())) {
      for (int i = 0; i < 3; i++) {
        awaitThatTopicsAreRefused(admin);
        assertThat(topics.createIfMissing("flights" + i, 2).partitions()).isEqualTo(2);
      }
    }
  }

  private static void awaitThatTopicsAreRefused(Admin admin) throws Exception {
    while (true) {
      var trial = List.of(new NewTopic("trial", 1, (short) 1));
      try {
        admin.createTopics(trial, new CreateTopicsOptions().validateOnly(true)).all().get();
      } catch (ExecutionException e) {
        assertThat(e.getCause()).isInstanceOf(InvalidReplicationFactorException.class);
        return;
      }
    }
  }

  @Test
  void saysThatNoBrokerAnswers() {
    int nobody = Ports.free(0);
    Map<String, Object> settings = Map.of("bootstrap.servers", Ports.LOOPBACK + ":" + nobody);
    try (var topics = new Topics(settings, Duration.ofMillis(300))) {
      assertThatThrownBy(() -> topics.find("flights"))
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining("127.0.0.1:" + nobody + " did not answer within 300 ms")
          .hasMessageContaining("./headrace broker");
    }
  }

  private static void produce(EmbeddedBroker broker, String value) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>("flights", 0, null, bytes)).get();
    }
  }

  private static List<String> consume(EmbeddedBroker broker) {
    return WholeTopic.read(broker.bootstrapServers(), "flights", new ByteArrayDeserializer())
        .stream()
        .map(read -> new String(read.value(), StandardCharsets.UTF_8))
        .toList();
  }
}
