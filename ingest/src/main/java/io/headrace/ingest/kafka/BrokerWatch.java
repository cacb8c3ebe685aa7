package io.headrace.ingest.kafka;

import io.headrace.engine.config.Suggestion;
import io.headrace.engine.error.HeadraceException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people when the brokers cannot be reached or the topic is missing, every ten seconds while
 * it lasts and once when it is over; with {@code fail-fast} it gives up instead. Belongs to the
 * poll thread.
 */
final class BrokerWatch {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSampleSource.class);
  private static final long REPEAT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final KafkaSourceSettings settings;
  private final LongSupplier nanoClock;
  private long reachedNanos;
  private long saidNanos;
  private boolean said;
  private boolean reachable;

  BrokerWatch(KafkaSourceSettings settings, LongSupplier nanoClock) {
    this.settings = settings;
    this.nanoClock = nanoClock;
    reachedNanos = nanoClock.getAsLong();
  }

  boolean reachable() {
    return reachable;
  }

  /** The brokers answered, and the topic is there. */
  void answered() {
    reachedNanos = nanoClock.getAsLong();
    reachable = true;
    if (said) {
      said = false;
      LOG.info("reading topic {} from Kafka at {}", settings.topic(), settings.bootstrap());
    }
  }

  /**
   * The brokers did not answer.
   *
   * @throws HeadraceException with {@code fail-fast}, once that has lasted too long
   */
  void unanswered() {
    reachable = false;
    long silentMillis = TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - reachedNanos);
    if (settings.failFast() && silentMillis >= settings.connectTimeoutMillis()) {
      throw new HeadraceException(
          "no answer from Kafka at "
              + settings.bootstrap()
              + " for "
              + silentMillis
              + " ms, wanted for topic "
              + settings.topic()
              + ". Start the broker, or correct source.kafka.bootstrap; without fail-fast this"
              + " keeps trying");
    }
    if (timeToSay()) {
      LOG.warn(
          "no answer from Kafka at {} (topic {}); trying again until it comes",
          settings.bootstrap(),
          settings.topic());
    }
  }

  /**
   * The brokers answered that there is no such topic.
   *
   * @throws HeadraceException with {@code fail-fast}
   */
  void topicMissing(Collection<String> existing) {
    reachedNanos = nanoClock.getAsLong();
    reachable = true;
    List<String> topics = existing.stream().filter(t -> !t.startsWith("__")).sorted().toList();
    String hint =
        topics.isEmpty() ? "It has no topics yet." : Suggestion.nearest(settings.topic(), topics);
    String problem =
        "no topic " + settings.topic() + " in Kafka at " + settings.bootstrap() + ". " + hint;
    if (settings.failFast()) {
      throw new HeadraceException(
          problem + " Create it, or correct source.kafka.topic; without fail-fast this waits");
    }
    if (timeToSay()) {
      LOG.warn("{} Waiting until it is created.", problem);
    }
  }

  private boolean timeToSay() {
    long now = nanoClock.getAsLong();
    if (said && now - saidNanos < REPEAT_NANOS) {
      return false;
    }
    said = true;
    saidNanos = now;
    return true;
  }
}
