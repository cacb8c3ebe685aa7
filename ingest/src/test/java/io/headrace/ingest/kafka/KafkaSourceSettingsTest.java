package io.headrace.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaSourceSettingsTest {
  private final KafkaSettingsBuilder settings = new KafkaSettingsBuilder("t", "127.0.0.1:9092");

  @Test
  void passesClientSettingsThrough() {
    assertThat(
            settings
                .property("max.poll.records", 17)
                .property("ssl.truststore.location", "x")
                .property("interceptor.key", "kept")
                .settings()
                .consumerProperties("headrace"))
        .containsEntry("max.poll.records", "17")
        .containsEntry("ssl.truststore.location", "x")
        .containsEntry("interceptor.key", "kept")
        .containsEntry("enable.auto.commit", "false")
        .doesNotContainKey("group.id");
  }

  @ParameterizedTest
  @CsvSource({
    "enable.auto.commit, true, committed after the checkpoint",
    "auto.offset.reset, latest, Use start",
    "bootstrap.servers, 'other:9092', Use bootstrap instead",
    "group.id, other, Use group instead",
    "value.deserializer, X, decoded later"
  })
  void refusesClientSettingsThatContradictItsOwn(String key, String value, String hint) {
    assertThatThrownBy(() -> settings.property(key, value).settings())
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining(hint)
        .extracting(e -> ((InvalidSettingException) e).key())
        .isEqualTo("properties." + key);
  }

  @Test
  void saysWhatTheClientRefuses() {
    assertThatThrownBy(() -> settings.property("max.poll.records", "many").settings())
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("max.poll.records");
  }

  @Test
  void subscribingNeedsAGroupAndHasNoEnd() {
    assertThatThrownBy(() -> settings.subscribe("g").stopAtEnd().settings())
        .hasMessageContaining("does not go with subscribe");
    assertThatThrownBy(
            () ->
                new KafkaSourceSettings(
                    "t",
                    "b:1",
                    null,
                    true,
                    false,
                    null,
                    false,
                    KafkaSourceSettings.OnLost.FAIL,
                    30_000,
                    1,
                    1,
                    false,
                    false,
                    1,
                    java.util.Map.of()))
        .hasMessageContaining("needs a group");
  }

  @Test
  void sharingNeedsSubscribing() {
    assertThatThrownBy(() -> settings.shareWithoutSubscribing("g").settings())
        .hasMessageContaining("needs subscribe");
  }

  @Test
  void handingOverTakesLessThanThePollInterval() {
    assertThat(settings.subscribe("g").settings().handOverTimeout()).hasSeconds(100);
    settings.property("max.poll.interval.ms", 9_000);
    assertThat(settings.settings().handOverTimeout()).hasSeconds(3);
    assertThat(settings.handOverTimeout(8_999).settings().handOverTimeout()).hasMillis(8_999);
    assertThatThrownBy(() -> settings.handOverTimeout(9_000).settings())
        .hasMessageContaining("9000 is not less than max.poll.interval.ms, 9000")
        .hasMessageContaining("Set it to 3000");
  }

  @Test
  void rebalancesCooperativelyUnderANameThatSaysWhoIsWhoUnlessToldOtherwise() {
    settings.subscribe("g");
    assertThat(settings.settings().consumerProperties("me"))
        .containsEntry("client.id", "me")
        .containsEntry(
            "partition.assignment.strategy",
            "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
    settings.property("client.id", "you");
    assertThat(settings.settings().consumerProperties("me")).containsEntry("client.id", "you");
    settings.property("group.protocol", "consumer");
    assertThat(settings.settings().consumerProperties("me"))
        .doesNotContainKey("partition.assignment.strategy");
  }
}
