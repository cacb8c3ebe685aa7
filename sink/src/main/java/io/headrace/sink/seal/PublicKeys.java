package io.headrace.sink.seal;

import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.PublicKeyVerify;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.signature.SignatureConfig;
import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.Set;

/** Public keys of those whose Ed25519 signatures count. Thread-safe. */
public final class PublicKeys {
  private final Set<Long> ids = new HashSet<>();
  private final PublicKeyVerify verifier;
  private final Path file;

  private PublicKeys(KeysetHandle handle, PublicKeyVerify verifier, Path file) {
    for (int i = 0; i < handle.size(); i++) {
      ids.add(Integer.toUnsignedLong(handle.getAt(i).getId()));
    }
    this.verifier = verifier;
    this.file = file;
  }

  /**
   * Reads a file that {@code headrace keys public} made.
   *
   * @throws HeadraceException if it is not there, or has no such keys
   */
  public static PublicKeys open(Path file) {
    try {
      SignatureConfig.register();
      KeysetHandle handle =
          TinkJsonProtoKeysetFormat.parseKeysetWithoutSecret(
              Files.readString(file), RegistryConfiguration.get());
      return new PublicKeys(
          handle, handle.getPrimitive(RegistryConfiguration.get(), PublicKeyVerify.class), file);
    } catch (NoSuchFileException e) {
      throw new HeadraceException(
          "There are no public keys at %s. headrace keys public makes them of a key set."
              .formatted(file),
          e);
    } catch (IOException e) {
      throw new HeadraceException("%s cannot be read: %s.".formatted(file, e), e);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new HeadraceException(
          "%s has no public keys for signatures. Make it of the signer's key set with headrace keys public."
              .formatted(file),
          e);
    }
  }

  /** Where they are, for messages. */
  public Path file() {
    return file;
  }

  /** Whether a key is among them. */
  public boolean has(long id) {
    return ids.contains(id);
  }

  /** Whether one of them signed these bytes. */
  public boolean signed(byte[] bytes, byte[] signature) {
    try {
      verifier.verify(signature, bytes);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
