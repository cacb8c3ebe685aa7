package io.headrace.app.broker;

import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * What the embedded broker is started with: Kafka's defaults but for what one node on one machine
 * needs. Immutable.
 *
 * @param directory where records and metadata lie
 * @param port of the listener for clients
 * @param controllerPort of the listener that the node uses to talk to itself
 */
record BrokerSettings(Path directory, int port, int controllerPort) {
  static final int NODE_ID = 1;
  static final String CONTROLLER = "CONTROLLER";

  private static final List<String> ONE_OF_EACH =
      List.of(
          "offsets.topic.replication.factor",
          "offsets.topic.num.partitions",
          "transaction.state.log.replication.factor",
          "transaction.state.log.min.isr",
          "transaction.state.log.num.partitions",
          "share.coordinator.state.topic.replication.factor",
          "share.coordinator.state.topic.min.isr",
          "share.coordinator.state.topic.num.partitions");

  static BrokerSettings of(Path directory, int port, int controllerPort) {
    return new BrokerSettings(directory, port, controllerPort);
  }

  /** Kafka's own names and values. */
  Properties properties() {
    var settings = new Properties();
    String clients = "PLAINTEXT://" + Ports.LOOPBACK + ":" + port;
    String controller = Ports.LOOPBACK + ":" + controllerPort;
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(NODE_ID));
    settings.put("listeners", clients + "," + CONTROLLER + "://" + controller);
    settings.put("advertised.listeners", clients);
    settings.put("controller.listener.names", CONTROLLER);
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("controller.quorum.voters", NODE_ID + "@" + controller);
    settings.put("log.dirs", directory.toString());
    ONE_OF_EACH.forEach(name -> settings.put(name, "1"));
    // For the topics of metrics and dead letters; consumers never create one.
    settings.put("auto.create.topics.enable", "true");
    settings.put("group.initial.rebalance.delay.ms", "0");
    // After kill -9 the node waits for its own former session to end before it may come back.
    settings.put("broker.session.timeout.ms", "3000");
    settings.put("broker.heartbeat.interval.ms", "500");
    // Samples with images or long texts; Kafka's default is 1 MiB.
    settings.put("message.max.bytes", Integer.toString(16 << 20));
    // Taken from the heap at once; Kafka's default is 128 MiB.
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    return settings;
  }
}
