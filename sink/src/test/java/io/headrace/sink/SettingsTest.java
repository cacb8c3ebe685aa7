package io.headrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.config.Settings;
import io.headrace.engine.error.InvalidSettingException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SettingsTest {
  @Test
  void haveDefaults() {
    assertThat(CheckpointSettings.from(Settings.of(CheckpointSettings.SETTINGS, Map.of())))
        .isEqualTo(
            new CheckpointSettings(
                Optional.empty(),
                100_000,
                5,
                true,
                64 << 20,
                true,
                false,
                Optional.empty(),
                Optional.empty()));
    assertThat(MetricsSettings.from(Settings.of(MetricsSettings.SETTINGS, Map.of())))
        .isEqualTo(
            new MetricsSettings(
                10_000, 0.5, Optional.empty(), Optional.empty(), BrokerAccess.OF_SOURCE));
    assertThat(DeadLetterSettings.from(Settings.of(DeadLetterSettings.SETTINGS, Map.of())))
        .isEqualTo(
            new DeadLetterSettings(Optional.empty(), Optional.empty(), BrokerAccess.OF_SOURCE));
  }

  @Test
  void areReadFromTheJob() {
    Map<String, ?> raw = Map.of("directory", "data/c", "every-samples", 7, "keep", 1);
    assertThat(CheckpointSettings.from(Settings.of(CheckpointSettings.SETTINGS, raw)))
        .isEqualTo(
            new CheckpointSettings(
                Optional.of(Path.of("data/c")),
                7,
                1,
                true,
                64 << 20,
                true,
                false,
                Optional.empty(),
                Optional.empty()));
    Map<String, ?> topic =
        Map.of("topic", "m", "bootstrap", "far:9", "properties", Map.of("acks", "1"));
    var far = new BrokerAccess(Optional.of("far:9"), Map.of("acks", "1"));
    assertThat(MetricsSettings.from(Settings.of(MetricsSettings.SETTINGS, topic)))
        .isEqualTo(new MetricsSettings(10_000, 0.5, Optional.of("m"), Optional.empty(), far));
    assertThat(DeadLetterSettings.from(Settings.of(DeadLetterSettings.SETTINGS, topic)))
        .isEqualTo(new DeadLetterSettings(Optional.empty(), Optional.of("m"), far));
    Map<String, ?> announced = Map.of("announce", topic);
    assertThat(
            CheckpointSettings.from(Settings.of(CheckpointSettings.SETTINGS, announced)).announce())
        .contains(new AnnounceSettings("m", far, Optional.empty()));
    assertThatThrownBy(() -> Settings.of(CheckpointSettings.SETTINGS, Map.of("keep", 0)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("0 is not >= 1");
  }
}
