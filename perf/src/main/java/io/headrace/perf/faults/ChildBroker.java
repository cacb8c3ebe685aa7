package io.headrace.perf.faults;

import io.headrace.app.broker.Ports;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka broker in a process of its own, which can be killed, stopped and started again on the
 * same data and port. Not thread-safe; the caller closes it.
 */
final class ChildBroker implements AutoCloseable {
  private static final long START_SECONDS = 120;

  private final Path directory;
  private final List<String> prefix;
  private final String bootstrap;
  private Process process;

  private ChildBroker(Path directory, List<String> prefix, String bootstrap) throws IOException {
    this.directory = directory;
    this.prefix = prefix;
    this.bootstrap = bootstrap;
    this.process = launch();
  }

  /**
   * Starts a broker and returns when it answers.
   *
   * @param host the address that it listens on
   * @param prefix words of a command that runs another one, e.g. in a network namespace
   */
  static ChildBroker start(Path directory, String host, List<String> prefix) throws Exception {
    Files.createDirectories(directory);
    int port = Ports.free(0);
    var settings = new Properties();
    settings.putAll(
        Map.of(
            "process.roles", "broker,controller",
            "node.id", "1",
            "listeners",
                "PLAINTEXT://" + host + ":" + port + ",CONTROLLER://127.0.0.1:" + (port + 1),
            "advertised.listeners", "PLAINTEXT://" + host + ":" + port,
            "controller.listener.names", "CONTROLLER",
            "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.quorum.voters", "1@127.0.0.1:" + (port + 1),
            "log.dirs", directory.resolve("data").toString(),
            "offsets.topic.replication.factor", "1",
            "offsets.topic.num.partitions", "1"));
    // After kill -9 the node waits for its own former session to end before it may come back.
    settings.put("broker.session.timeout.ms", "3000");
    settings.put("broker.heartbeat.interval.ms", "500");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
    try (var out = Files.newBufferedWriter(directory.resolve("server.properties"))) {
      settings.store(out, null);
    }
    format(directory.resolve("data"));
    var broker = new ChildBroker(directory, prefix, host + ":" + port);
    broker.awaitAnswer();
    return broker;
  }

  private static void format(Path data) throws Exception {
    Files.createDirectories(data);
    try (var silence = new PrintStream(PrintStream.nullOutputStream())) {
      new Formatter()
          .setPrintStream(silence)
          .setClusterId("AAAAAAAAQACAAAAAAAAAAQ")
          .setNodeId(1)
          .addDirectory(data.toString())
          .setMetadataLogDirectory(data.toString())
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setControllerListenerName("CONTROLLER")
          .run();
    }
  }

  private Process launch() throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx384m",
            "-cp",
            System.getProperty("java.class.path"),
            "kafka.Kafka",
            directory.resolve("server.properties").toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
        .start();
  }

  private void awaitAnswer() {
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
      admin.listTopics().names().get(START_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      close();
      throw new IllegalStateException("no broker at " + bootstrap + ", see " + directory, e);
    }
  }

  String bootstrap() {
    return bootstrap;
  }

  /** Kills it as the kernel does: nothing is tidied up. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Starts it again after {@link #kill}; returns at once. */
  void startAgain() {
    try {
      process = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Has it stand still, its connections open. */
  void freeze() {
    Commands.run("kill", "-STOP", Long.toString(process.pid()));
  }

  void thaw() {
    Commands.run("kill", "-CONT", Long.toString(process.pid()));
  }

  @Override
  public void close() {
    kill();
  }
}
