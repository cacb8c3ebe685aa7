package io.headrace.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientPropertiesTest {
  private static final Setting<Map<String, String>> SETTING = ClientProperties.setting("Settings.");

  @TempDir private Path folder;

  @Test
  void readsWhatReferencesStandFor() throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), "a $1 \\ secret\n");
    var given =
        SETTING.read(
            Map.of(
                "acks", "all",
                "sasl.jaas.config", "User password=\"${file:" + file + "}\";",
                "ssl.key.password", "${env:PATH}"));
    assertThat(given).containsEntry("ssl.key.password", "${env:PATH}");
    assertThat(ClientProperties.resolved(given))
        .containsExactly(
            Map.entry("acks", "all"),
            Map.entry("sasl.jaas.config", "User password=\"a $1 \\ secret\";"),
            Map.entry("ssl.key.password", System.getenv("PATH")));
  }

  @Test
  void leavesReferencesToTheProvidersOfTheClient() {
    var given = Map.of("config.providers", "vault", "ssl.key.password", "${vault:a:b}");
    assertThat(ClientProperties.resolved(given)).isEqualTo(given);
  }

  @Test
  void saysWhatIsNotThere() {
    assertThatThrownBy(
            () -> ClientProperties.resolved(Map.of("ssl.key.password", "${env:HEADRACE_NO_SUCH}")))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("HEADRACE_NO_SUCH, which is not set");
    Path file = folder.resolve("none");
    assertThatThrownBy(
            () -> ClientProperties.resolved(Map.of("ssl.key.password", "${file:" + file + "}")))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining(file + ", which cannot be read");
  }

  @ParameterizedTest
  @CsvSource({
    "ssl.keystore.password, planted",
    "ssl.key.password, planted",
    "sasl.jaas.config, PlainLoginModule required username=u password=planted;",
    "sasl.jaas.config, PlainLoginModule required username=u password = \"planted\";",
    "sasl.jaas.config, OAuthBearerLoginModule required clientSecret=\"planted\";",
    "sasl.oauthbearer.client.credentials.client.secret, planted",
    "ssl.keystore.key, planted",
  })
  void refusesSecretsThemselvesWithoutSayingThem(String key, String value) {
    assertThatThrownBy(() -> SETTING.read(Map.of(key, value)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining(key + " holds a secret")
        .hasMessageContaining("${env:NAME}")
        .hasMessageNotContaining("planted");
  }

  @ParameterizedTest
  @CsvSource({
    "sasl.jaas.config, Krb5LoginModule required useKeyTab=true keyTab=\"/etc/a.keytab\";",
    "sasl.jaas.config, PlainLoginModule required username=u password=\"${env:KAFKA_PASSWORD}\";",
    "ssl.truststore.location, /etc/trust.jks",
    "sasl.oauthbearer.token.endpoint.url, https://login.example.org/token",
  })
  void takesWhatIsNone(String key, String value) {
    assertThat(SETTING.read(Map.of(key, value))).containsEntry(key, value);
  }
}
