package io.headrace.sink.seal;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The group {@code encryption} of a job: where the key set is that everything kept on disk is
 * encrypted with. Immutable.
 *
 * @param keys a file, or {@code ${env:NAME}} for a variable of the environment
 * @param kms the key in a key management service that the key set is encrypted with; empty where it
 *     is not
 * @param kmsCredentials what the service is to be asked with; empty for its defaults
 */
public record EncryptionSettings(String keys, Optional<String> kms, Optional<Path> kmsCredentials) {
  private static final Setting<String> KEYS =
      Setting.text(
          "keys",
          "The Tink key set: a file that only its owner may read (headrace keys create makes one), or"
              + " ${env:NAME} for a variable that holds the JSON of one, or its Base64.");
  private static final Setting<String> KMS =
      Setting.text(
              "kms",
              "URI of the key in a key management service that the key set is encrypted with, e.g."
                  + " aws-kms://arn:...; needs Tink's client of that service on the class path.")
          .absentByDefault();
  private static final Setting<String> KMS_CREDENTIALS =
      Setting.text(
              "kms-credentials",
              "File of credentials for that service; absent: its client's defaults.")
          .absentByDefault();

  public static final List<Setting<?>> SETTINGS = List.of(KEYS, KMS, KMS_CREDENTIALS);

  /** Takes settings that were read against {@link #SETTINGS}. */
  public static EncryptionSettings from(Settings settings) {
    return new EncryptionSettings(
        settings.value(KEYS),
        settings.optional(KMS),
        settings.optional(KMS_CREDENTIALS).map(Path::of));
  }
}
