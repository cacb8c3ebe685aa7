package io.headrace.app.demo;

import io.headrace.app.produce.RecordFile;
import io.headrace.app.produce.SampleProducer;
import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Sends the records of a file to a topic on a thread of its own, as a producer on another machine
 * would. Thread-safe; whoever starts it closes it.
 */
final class Replay implements AutoCloseable {
  private final CompletableFuture<Long> sent;
  private volatile boolean stopped;

  private Replay(
      Path file, String topic, Map<String, String> settings, long from, long rows, double rate) {
    this.sent = new CompletableFuture<>();
    var thread = new Thread(() -> run(file, topic, settings, from, rows, rate), "headrace-replay");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Starts sending.
   *
   * @param from first row to send
   * @param rows just past the last row to send
   * @param rate rows a second; 0 for as fast as it goes
   */
  static Replay start(
      Path file, String topic, Map<String, String> settings, long from, long rows, double rate) {
    return new Replay(file, topic, settings, from, rows, rate);
  }

  /**
   * Whether every row was sent and acknowledged.
   *
   * @throws HeadraceException if sending failed
   */
  boolean finished() {
    try {
      return sent.getNow(null) != null;
    } catch (CompletionException e) {
      if (e.getCause() instanceof HeadraceException told) {
        throw told;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    stopped = true;
    try {
      sent.join();
    } catch (CompletionException _) {
      stopped = true; // finished() has told of it, or nobody asked
    }
  }

  private void run(
      Path file, String topic, Map<String, String> settings, long from, long rows, double rate) {
    try (RecordFile records = RecordFile.open(file);
        var producer = new SampleProducer(topic, settings)) {
      for (long i = 0; i < from && records.hasNext(); i++) {
        records.next();
      }
      sent.complete(producer.send(records, rows - from, rate, () -> stopped));
    } catch (IOException | RuntimeException e) {
      sent.completeExceptionally(e);
    }
  }
}
