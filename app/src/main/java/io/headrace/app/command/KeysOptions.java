package io.headrace.app.command;

import io.headrace.sink.seal.EncryptionSettings;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.KeyRing;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where the keys of encrypted files are. */
final class KeysOptions {
  @Option(
      names = "--keys",
      paramLabel = "FILE|env:NAME",
      defaultValue = "${env:HEADRACE_KEYS:-" + Option.NULL_VALUE + "}",
      description =
          "The key set of encrypted files: the encryption.keys of their job (default: what HEADRACE_KEYS says).")
  private @Nullable String keys;

  @Option(
      names = "--kms",
      paramLabel = "URI",
      description = "The key in a key management service that the key set is encrypted with.")
  private @Nullable String kms;

  @Option(
      names = "--kms-credentials",
      paramLabel = "FILE",
      description = "Credentials for that service.")
  private @Nullable Path kmsCredentials;

  Optional<EncryptionSettings> settings() {
    return Optional.ofNullable(keys)
        .map(
            place ->
                new EncryptionSettings(
                    place, Optional.ofNullable(kms), Optional.ofNullable(kmsCredentials)));
  }

  /** Opens files that are encrypted with these keys, and files that are not encrypted. */
  FileSeal seal() {
    return settings().map(KeyRing::open).map(FileSeal::ofEither).orElse(FileSeal.NONE);
  }
}
