package io.headrace.sink.seal;

import com.google.crypto.tink.PublicKeySign;
import com.google.crypto.tink.RegistryConfiguration;
import io.headrace.engine.error.HeadraceException;
import java.security.GeneralSecurityException;

/** Signs with the primary key of a key set, by Ed25519. Thread-safe. */
public final class SigningKeys {
  private final long id;
  private final PublicKeySign signer;
  private final String from;

  private SigningKeys(long id, PublicKeySign signer, String from) {
    this.id = id;
    this.signer = signer;
    this.from = from;
  }

  /**
   * Reads the keys.
   *
   * @param keys a key set of {@link KeySetFile#createForSigning}
   * @throws HeadraceException if it cannot be read, or its keys are not for signing
   */
  public static SigningKeys open(EncryptionSettings keys) {
    var handle = KeyRing.handle(keys);
    try {
      return new SigningKeys(
          Integer.toUnsignedLong(handle.getPrimary().getId()),
          handle.getPrimitive(RegistryConfiguration.get(), PublicKeySign.class),
          keys.keys());
    } catch (GeneralSecurityException | IllegalStateException e) {
      throw notForSigning(keys.keys(), e);
    }
  }

  private static HeadraceException notForSigning(String from, Exception e) {
    return new HeadraceException(
        "The keys of %s are not for signing. Make some with headrace keys create --signing."
            .formatted(from),
        e);
  }

  /** Id of the key that signs. */
  public long id() {
    return id;
  }

  /** The signature of some bytes. */
  public byte[] sign(byte[] bytes) {
    try {
      return signer.sign(bytes);
    } catch (GeneralSecurityException e) {
      throw notForSigning(from, e);
    }
  }
}
