package io.headrace.ingest.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A real Kafka broker in this JVM, its data in a temporary folder. Thread-safe; the shared one
 * lives as long as the JVM.
 */
public final class TestBroker implements AutoCloseable {
  private static final AtomicInteger TOPICS = new AtomicInteger();

  private final Path directory;
  private final KafkaRaftServer server;
  private final String bootstrap;
  private final Admin admin;

  private static final class Shared {
    static final TestBroker BROKER = startShared();

    private static TestBroker startShared() {
      TestBroker broker = on(freePort());
      Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
      return broker;
    }
  }

  /** The broker that all tests of this JVM share, started when first asked for. */
  public static TestBroker shared() {
    return Shared.BROKER;
  }

  /** Starts a broker of its own on {@code port}. */
  public static TestBroker on(int port) {
    int controllerPort = freePort();
    while (controllerPort == port) {
      controllerPort = freePort();
    }
    try {
      return new TestBroker(Files.createTempDirectory("headrace-broker"), port, controllerPort);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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

  private TestBroker(Path directory, int port, int controllerPort) {
    this.directory = directory;
    bootstrap = "127.0.0.1:" + port;
    format(directory);
    Properties settings = settings(directory, port, controllerPort);
    server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
    server.startup();
    admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
  }

  private static void format(Path directory) {
    try {
      new Formatter()
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setClusterId("AAAAAAAAQACAAAAAAAAAAQ")
          .setNodeId(1)
          .addDirectory(directory.toString())
          .setMetadataLogDirectory(directory.toString())
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setControllerListenerName("CONTROLLER")
          .run();
    } catch (Exception e) {
      throw new IllegalStateException("formatting " + directory + " failed", e);
    }
  }

  private static Properties settings(Path directory, int port, int controllerPort) {
    var settings = new Properties();
    settings.putAll(
        Map.of(
            "process.roles", "broker,controller",
            "node.id", "1",
            "listeners",
                "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
            "advertised.listeners", "PLAINTEXT://127.0.0.1:" + port,
            "controller.listener.names", "CONTROLLER",
            "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.quorum.voters", "1@127.0.0.1:" + controllerPort,
            "log.dirs", directory.toString(),
            "auto.create.topics.enable", "false",
            "message.max.bytes", "20000000"));
    settings.put("log.retention.ms", "-1"); // tests send records of 1970
    settings.put("log.cleaner.backoff.ms", "200");
    settings.put("log.cleaner.dedupe.buffer.size", "4194304");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("group.min.session.timeout.ms", "500");
    settings.put("socket.request.max.bytes", "104857600");
    for (String key :
        List.of(
            "offsets.topic.replication.factor",
            "offsets.topic.num.partitions",
            "transaction.state.log.replication.factor",
            "transaction.state.log.min.isr",
            "transaction.state.log.num.partitions",
            "share.coordinator.state.topic.replication.factor",
            "share.coordinator.state.topic.min.isr")) {
      settings.put(key, "1");
    }
    return settings;
  }

  public String bootstrap() {
    return bootstrap;
  }

  public Admin admin() {
    return admin;
  }

  /** Creates a topic under a name that no other test has. */
  public String newTopic(int partitions) {
    String topic = "topic-" + TOPICS.incrementAndGet();
    createTopic(topic, partitions);
    return topic;
  }

  public void createTopic(String topic, int partitions) {
    await(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all());
  }

  /** Deletes a topic and waits until it is gone. */
  public void deleteTopic(String topic) {
    await(admin.deleteTopics(List.of(topic)).all());
    while (await(admin.listTopics().names()).contains(topic)) {
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
  }

  public String topicId(String topic) {
    while (!await(admin.listTopics().names()).contains(topic)) {
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
    var described = await(admin.describeTopics(List.of(topic)).allTopicNames());
    return java.util.Objects.requireNonNull(described.get(topic)).topicId().toString();
  }

  /** Creates a topic of one partition that keeps the last record of each key. */
  public String newCompactedTopic() {
    return newTopic(
        1,
        Map.of(
            "cleanup.policy", "compact",
            "segment.ms", "200",
            "min.cleanable.dirty.ratio", "0.01"));
  }

  /** Creates a topic with these settings of its own. */
  public String newTopic(int partitions, Map<String, String> settings) {
    String topic = "topic-" + TOPICS.incrementAndGet();
    NewTopic made = new NewTopic(topic, partitions, (short) 1).configs(settings);
    await(admin.createTopics(List.of(made)).all());
    return topic;
  }

  public void growTopic(String topic, int partitions) {
    await(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions))).all());
  }

  /** Deletes a partition's records before {@code offset}. */
  public void deleteBefore(String topic, int partition, long offset) {
    var where = new TopicPartition(topic, partition);
    await(admin.deleteRecords(Map.of(where, RecordsToDelete.beforeOffset(offset))).all());
  }

  /** How many members the group has. */
  public int members(String group) {
    return await(admin.describeConsumerGroups(Set.of(group)).all())
        .values()
        .iterator()
        .next()
        .members()
        .size();
  }

  /** The offset that the group has committed for a partition; -1 for none. */
  public long committed(String group, String topic, int partition) {
    var offsets = await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    var offset = offsets.get(new TopicPartition(topic, partition));
    return offset == null ? -1 : offset.offset();
  }

  /** A producer with the given settings beside the usual ones. */
  public KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
    var settings = new HashMap<>(more);
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    settings.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 20_000_000);
    settings.putIfAbsent(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1); // decision 49
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return new KafkaProducer<>(settings);
  }

  /** Sends texts {@code first} up to {@code first + count} to one partition. */
  public void send(String topic, int partition, int first, int count) {
    try (var producer = producer(Map.of())) {
      var sent = new ArrayList<Future<?>>();
      for (int i = first; i < first + count; i++) {
        byte[] value = text(partition, i).getBytes(StandardCharsets.UTF_8);
        sent.add(producer.send(new ProducerRecord<>(topic, partition, 1000L + i, null, value)));
      }
      sent.forEach(TestBroker::await);
    }
  }

  /** What {@link #send} writes as record {@code i}. */
  public static String text(int partition, int i) {
    return "p" + partition + " record " + i;
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    admin.close();
    server.shutdown();
    server.awaitShutdown();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
