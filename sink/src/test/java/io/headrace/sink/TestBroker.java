package io.headrace.sink;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A real Kafka broker in this JVM, for tests. */
public final class TestBroker implements AutoCloseable {
  private static final String CLUSTER = "AAAAAAAAQACAAAAAAAAAAQ";

  private final KafkaRaftServer server;
  private final String bootstrap;

  public TestBroker(Path directory) throws Exception {
    this(directory, freePort());
  }

  /** A broker at a port of its own: one that was closed is there again. */
  public TestBroker(Path directory, int port) throws Exception {
    int controllerPort = freePort();
    while (controllerPort == port) {
      controllerPort = freePort();
    }
    new Formatter()
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setClusterId(CLUSTER)
        .setNodeId(1)
        .addDirectory(directory.toString())
        .setMetadataLogDirectory(directory.toString())
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setControllerListenerName("CONTROLLER")
        .setIgnoreFormatted(true)
        .run();
    var config = new KafkaConfig(settings(directory, port, controllerPort), false);
    server = new KafkaRaftServer(config, Time.SYSTEM);
    server.startup();
    bootstrap = "127.0.0.1:" + port;
  }

  private static Properties settings(Path directory, int port, int controllerPort) {
    var settings = new Properties();
    settings.putAll(
        Map.of(
            "process.roles", "broker,controller",
            "node.id", "1",
            "listeners",
                "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
            "controller.listener.names", "CONTROLLER",
            "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.quorum.voters", "1@127.0.0.1:" + controllerPort,
            "log.dirs", directory.toString(),
            "offsets.topic.replication.factor", "1",
            "auto.create.topics.enable", "false"));
    return settings;
  }

  /** A port that nothing listens on, and that systems do not give to connections. */
  public static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_768);
      try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // Something else has it.
      }
    }
  }

  public String bootstrap() {
    return bootstrap;
  }

  /** Creates a topic with one partition. */
  public void createTopic(String name) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
    }
  }

  /** Everything in a topic of one partition up to its end now. */
  public List<ConsumerRecord<String, byte[]>> read(String topic) {
    return WholeTopic.read(bootstrap, topic, new StringDeserializer());
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
