package io.headrace.sink.kafka;

import io.headrace.schemas.ModelAnnouncement;
import io.headrace.schemas.Schemas;
import io.headrace.sink.seal.SigningKeys;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a topic, keyed by job, which model is the newest, on a thread of its own. Where that fails
 * it tries again, after a second, then two, up to a minute, and one that is newer by then takes the
 * place of the one that waits. Thread-safe; whoever makes it closes it.
 */
public final class KafkaAnnouncer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaAnnouncer.class);
  private static final Map<String, Object> DEFAULTS =
      Map.of(
          ProducerConfig.LINGER_MS_CONFIG, 0,
          ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000,
          ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
          ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
  private static final long FIRST_RETRY_MILLIS = 1_000;
  private static final long LAST_RETRY_MILLIS = 60_000;

  /**
   * What became of announcements so far.
   *
   * @param sent that the brokers have
   * @param superseded that never went out, because a newer one took their place
   * @param failures attempts that failed; each is made again
   * @param step of the newest model that the brokers know of; 0 before the first
   */
  public record Status(long sent, long superseded, long failures, long step) {}

  private final Map<String, ?> settings;
  private final String topic;
  private final Optional<SigningKeys> signing;
  private final BiConsumer<String, String> alerts;
  private final Producer<String, byte[]> producer;
  private final Thread thread;
  private @Nullable ModelAnnouncement waiting;
  private boolean ended;
  private Status status = new Status(0, 0, 0, 0);

  /** The thread's own. */
  private boolean ensured;

  private int failuresInTurn;

  /**
   * Starts the thread; the brokers need not be there yet.
   *
   * @param settings of the Kafka producer, {@code bootstrap.servers} at least
   * @param signing what announcements are signed with; empty if they are not
   * @param alerts told, with a code, what an operator should know
   * @throws io.headrace.engine.error.HeadraceException if the settings are not Kafka's
   */
  public KafkaAnnouncer(
      Map<String, ?> settings,
      String topic,
      Optional<SigningKeys> signing,
      BiConsumer<String, String> alerts) {
    this.settings = settings;
    this.signing = signing;
    this.topic = topic;
    this.alerts = alerts;
    this.producer = Producers.producer(DEFAULTS, settings, topic);
    this.thread = Thread.ofPlatform().daemon().name("headrace-announce").start(this::run);
  }

  /** Takes the newest model; never waits. */
  public synchronized void announce(ModelAnnouncement newest) {
    if (waiting != null) {
      status = new Status(status.sent, status.superseded + 1, status.failures, status.step);
    }
    waiting = newest;
    notifyAll();
  }

  public synchronized Status status() {
    return status;
  }

  /** Waits until the last one is sent, up to 5 s, and ends the thread. */
  @Override
  public void close() {
    synchronized (this) {
      ended = true;
      notifyAll();
    }
    try {
      if (!thread.join(CLOSE_TIMEOUT)) {
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      for (ModelAnnouncement next = take(); next != null; next = take()) {
        send(next);
      }
      producer.close(CLOSE_TIMEOUT);
    } catch (InterruptedException | InterruptException e) {
      LOG.warn(
          "checkpoints.announce: the newest model was not announced on {}; the next start does.",
          topic);
      var _ = Thread.interrupted(); // or closing fails as well; the thread ends here
      producer.close(Duration.ZERO);
    }
  }

  /** The newest that waits, once there is one; null at the end. */
  private synchronized @Nullable ModelAnnouncement take() throws InterruptedException {
    while (waiting == null && !ended) {
      wait();
    }
    ModelAnnouncement taken = waiting;
    waiting = null;
    return taken;
  }

  private void send(ModelAnnouncement first) throws InterruptedException {
    ModelAnnouncement newest = first;
    while (!sent(newest)) {
      long wait = Math.min(FIRST_RETRY_MILLIS << Math.min(failuresInTurn, 6), LAST_RETRY_MILLIS);
      failuresInTurn++;
      newest = newerWithin(wait, newest);
    }
  }

  /** Waits, and gives the newest by then; an end cuts the wait short. */
  private synchronized ModelAnnouncement newerWithin(long millis, ModelAnnouncement before)
      throws InterruptedException {
    long until = System.nanoTime() + millis * 1_000_000;
    for (long left = millis;
        left > 0 && !ended;
        left = (until - System.nanoTime() + 999_999) / 1_000_000) {
      wait(left);
    }
    if (waiting == null) {
      return before;
    }
    ModelAnnouncement newer = waiting;
    waiting = null;
    status = new Status(status.sent, status.superseded + 1, status.failures, status.step);
    return newer;
  }

  private boolean sent(ModelAnnouncement newest) throws InterruptedException {
    try {
      ensureTopic();
      byte[] value = Schemas.message(newest);
      var message = new ProducerRecord<>(topic, newest.getJob(), value);
      signing.ifPresent(
          keys ->
              message
                  .headers()
                  .add(
                      AnnouncementSignature.HEADER,
                      AnnouncementSignature.of(newest.getJob(), value, keys)));
      var _ = producer.send(message).get();
      if (failuresInTurn > 0) {
        failuresInTurn = 0;
        LOG.info("checkpoints.announce: {} takes announcements again.", topic);
      }
      synchronized (this) {
        status = new Status(status.sent + 1, status.superseded, status.failures, newest.getStep());
      }
      return true;
    } catch (InterruptException e) {
      throw e;
    } catch (ExecutionException e) {
      failed(Objects.requireNonNullElse(e.getCause(), e));
    } catch (KafkaException e) {
      failed(e);
    }
    return false;
  }

  private void ensureTopic() throws ExecutionException, InterruptedException {
    if (!ensured) {
      CompactedTopic.ensure(settings, topic)
          .ifPresent(
              policy ->
                  alerts.accept(
                      "announce-topic-not-compacted",
                      "checkpoints.announce: the topic %s has cleanup.policy=%s, so that the newest model of a job that rests is deleted in time, and followers that start then find none. Set cleanup.policy=compact."
                          .formatted(topic, policy)));
      ensured = true;
    }
  }

  private void failed(Throwable why) {
    synchronized (this) {
      status = new Status(status.sent, status.superseded, status.failures + 1, status.step);
    }
    if (failuresInTurn == 0) {
      alerts.accept(
          "announcement-failed",
          "checkpoints.announce: %s does not take announcements (%s). Training goes on, and the newest model is announced when it does; check that the brokers are up and this user may write there."
              .formatted(topic, why.getMessage() == null ? why : why.getMessage()));
    }
  }
}
