package io.headrace.ingest.kafka;

import io.headrace.engine.config.Suggestion;
import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.SourceAlerts;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people when the brokers have not answered for five seconds or the topic is missing, once,
 * and when it is over; with {@code fail-fast} it gives up instead. Belongs to the poll thread.
 */
final class BrokerWatch {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSampleSource.class);

  /** A broker that comes back answers now and then at first: that is not news each time. */
  private static final long SILENT_MILLIS = 5_000;

  private final KafkaSourceSettings settings;
  private final SourceAlerts alerts;
  private final LongSupplier nanoClock;
  private long reachedNanos;
  private long saidNanos;
  private String said = "";
  private boolean reachable;

  BrokerWatch(KafkaSourceSettings settings, SourceAlerts alerts, LongSupplier nanoClock) {
    this.settings = settings;
    this.alerts = alerts;
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
    if (!said.isEmpty()) {
      said = "";
      LOG.info(
          "reading topic {} from Kafka at {}, {} s after that was said",
          settings.topic(),
          settings.bootstrap(),
          TimeUnit.NANOSECONDS.toSeconds(reachedNanos - saidNanos));
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
    if (silentMillis >= SILENT_MILLIS) {
      sayOnce(
          "broker-unreachable",
          "no answer from Kafka at "
              + settings.bootstrap()
              + " (topic "
              + settings.topic()
              + "); trying again until it comes");
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
    sayOnce("topic-missing", problem + " Waiting until it is created.");
  }

  private void sayOnce(String code, String message) {
    if (!said.equals(code)) {
      said = code;
      saidNanos = nanoClock.getAsLong();
      alerts.alert(code, message);
    }
  }
}
