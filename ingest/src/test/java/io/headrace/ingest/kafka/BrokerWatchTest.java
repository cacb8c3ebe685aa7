package io.headrace.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.headrace.engine.error.HeadraceException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class BrokerWatchTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(KafkaSampleSource.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<String> alerts = new ArrayList<>();
  private long nanos;

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
    logger.setAdditive(false);
    logger.setLevel(ch.qos.logback.classic.Level.INFO);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(log);
    logger.setAdditive(true);
    logger.setLevel(null);
  }

  private static KafkaSettingsBuilder settings() {
    return new KafkaSettingsBuilder("flights", "kafka:9092");
  }

  private BrokerWatch watch(KafkaSettingsBuilder settings) {
    return new BrokerWatch(
        settings.settings(), (code, message) -> alerts.add(code + ": " + message), () -> nanos);
  }

  private List<String> lines() {
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void saysOnceWhatIsWrongAndWhenItIsOver() {
    BrokerWatch watch = watch(settings());
    for (int second = 0; second <= 25; second++) {
      nanos = TimeUnit.SECONDS.toNanos(second);
      watch.unanswered();
    }
    assertThat(alerts)
        .containsExactly(
            "broker-unreachable: no answer from Kafka at kafka:9092 (topic flights); trying again"
                + " until it comes");
    watch.answered();
    watch.answered();
    assertThat(lines())
        .containsExactly(
            "reading topic flights from Kafka at kafka:9092, 20 s after that was said");
    nanos = TimeUnit.SECONDS.toNanos(29);
    watch.unanswered();
    assertThat(alerts).as("it may still be coming back").hasSize(1);
    nanos = TimeUnit.SECONDS.toNanos(30);
    watch.unanswered();
    assertThat(alerts).hasSize(2);
  }

  @Test
  void saysThatTheTopicIsMissingThoughTheBrokerWasToo() {
    BrokerWatch watch = watch(settings());
    nanos = TimeUnit.SECONDS.toNanos(5);
    watch.unanswered();
    watch.topicMissing(List.of("flight"));
    watch.topicMissing(List.of("flight"));
    assertThat(alerts)
        .hasSize(2)
        .last()
        .asString()
        .startsWith(
            "topic-missing: no topic flights in Kafka at kafka:9092. Did you mean 'flight'");
  }

  @Test
  void givesUpWithFailFastOnlyWhenItHasLasted() {
    BrokerWatch watch = watch(settings().failFast(3000));
    nanos = TimeUnit.MILLISECONDS.toNanos(2999);
    assertThatCode(watch::unanswered).doesNotThrowAnyException();
    watch.answered();
    nanos = TimeUnit.MILLISECONDS.toNanos(5998);
    assertThatCode(watch::unanswered).doesNotThrowAnyException();
    nanos = TimeUnit.MILLISECONDS.toNanos(5999);
    assertThatThrownBy(watch::unanswered)
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("for 3000 ms");
  }

  @Test
  void namesTopicsThatAreNotTheBrokersOwn() {
    BrokerWatch watch = watch(settings().failFast(1));
    assertThatThrownBy(() -> watch.topicMissing(List.of("__consumer_offsets", "b", "a")))
        .hasMessageContaining("Known: a, b.");
    assertThatThrownBy(() -> watch.topicMissing(List.of("__consumer_offsets")))
        .hasMessageContaining("It has no topics yet.");
  }
}
