package io.headrace.sink.seal;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KmsClient;
import com.google.crypto.tink.aead.AeadConfig;
import io.headrace.engine.error.HeadraceException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.ServiceLoader;

/** Keys that stay in a key management service, through whichever Tink client is on hand. */
final class KeyService {
  private KeyService() {}

  /**
   * What encrypts and decrypts with such a key.
   *
   * @throws HeadraceException if no client knows the URI, or the service refuses
   */
  static Aead aead(String uri, Optional<Path> credentials) {
    try {
      AeadConfig.register();
      for (KmsClient client : ServiceLoader.load(KmsClient.class)) {
        if (client.doesSupport(uri)) {
          KmsClient ready =
              credentials.isPresent()
                  ? client.withCredentials(credentials.get().toString())
                  : client.withDefaultCredentials();
          return ready.getAead(uri);
        }
      }
    } catch (GeneralSecurityException e) {
      throw new HeadraceException(
          "The key management service of %s cannot be used: %s. Check encryption.kms-credentials and what they allow."
              .formatted(uri, e.getMessage()),
          e);
    }
    throw new HeadraceException(
        "No client of a key management service knows %s. Put Tink's client of that service on the class path, e.g. tink-awskms or tink-gcpkms."
            .formatted(uri));
  }
}
