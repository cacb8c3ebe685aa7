package io.headrace.sink.seal;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.signature.SignatureConfig;
import com.google.crypto.tink.streamingaead.AesGcmHkdfStreamingKey;
import com.google.crypto.tink.streamingaead.StreamingAeadConfig;
import io.headrace.engine.error.HeadraceException;
import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The keys that files are encrypted with: one that new files get, the primary, and those of files
 * that were written before. Immutable and thread-safe.
 */
public final class KeyRing {
  /** By their ids as people see them, from 0 to 2^32 - 1. Null: there, but disabled. */
  private final SortedMap<Long, @Nullable SealingKey> keys;

  private final Set<Long> destroyed;
  private final SealingKey primary;
  private final String from;

  private KeyRing(
      SortedMap<Long, @Nullable SealingKey> keys,
      Set<Long> destroyed,
      SealingKey primary,
      String from) {
    this.keys = keys;
    this.destroyed = destroyed;
    this.primary = primary;
    this.from = from;
  }

  /**
   * Reads the keys.
   *
   * @throws HeadraceException if there are none, they may be read by others than their owner, or
   *     are not for encrypting files; the message repeats nothing of them
   */
  public static KeyRing open(EncryptionSettings settings) {
    return of(handle(settings), settings.keys());
  }

  static KeysetHandle handle(EncryptionSettings settings) {
    String text = KeySetText.read(settings.keys());
    try {
      StreamingAeadConfig.register();
      SignatureConfig.register();
      return settings.kms().isPresent()
          ? TinkJsonProtoKeysetFormat.parseEncryptedKeyset(
              text,
              KeyService.aead(settings.kms().get(), settings.kmsCredentials()),
              new byte[0],
              RegistryConfiguration.get())
          : TinkJsonProtoKeysetFormat.parseKeyset(
              text, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
    } catch (GeneralSecurityException | RuntimeException e) {
      if (e instanceof HeadraceException ours) {
        throw ours;
      }
      // Without the fault and its words, which may repeat a part of the keys.
      throw new HeadraceException(
          settings.kms().isPresent()
              ? "The key set %s is none that the key %s has encrypted. Give one that headrace keys create --kms made with it."
                  .formatted(settings.keys(), settings.kms().get())
              : "%s is not a key set that can be read. Make one with headrace keys create; one that a key management service has encrypted needs its kms as well."
                  .formatted(settings.keys()));
    }
  }

  static KeyRing of(KeysetHandle handle, String from) {
    var keys = new TreeMap<Long, @Nullable SealingKey>();
    Set<Long> destroyed = new HashSet<>();
    SealingKey primary = null;
    try {
      for (int i = 0; i < handle.size(); i++) {
        KeysetHandle.Entry entry = handle.getAt(i);
        long id = Integer.toUnsignedLong(entry.getId());
        if (entry.getStatus().equals(KeyStatus.DESTROYED)) { // of which the id alone is left
          keys.put(id, null);
          destroyed.add(id);
          continue;
        }
        if (!(entry.getKey() instanceof AesGcmHkdfStreamingKey key)) {
          throw notForFiles(from);
        }
        boolean enabled = entry.getStatus().equals(KeyStatus.ENABLED);
        SealingKey sealing = enabled ? SealingKey.of(id, key) : null;
        keys.put(id, sealing);
        primary = entry.isPrimary() ? sealing : primary;
      }
    } catch (GeneralSecurityException | IllegalStateException e) {
      throw notForFiles(from);
    }
    if (primary == null) {
      throw new HeadraceException(
          "The key set %s has no primary key that is enabled. Make one: headrace keys rotate %s."
              .formatted(from, from));
    }
    return new KeyRing(keys, destroyed, primary, from);
  }

  private static HeadraceException notForFiles(String from) {
    return new HeadraceException(
        "The keys of %s are not for encrypting files, which are of Tink's kind AesGcmHkdfStreamingKey. Make some with headrace keys create."
            .formatted(from));
  }

  SealingKey primary() {
    return primary;
  }

  /**
   * The key of an id.
   *
   * @param file which needs it, for the message
   * @throws HeadraceException if it is not in the set, disabled, or destroyed
   */
  SealingKey key(long id, String file) {
    SealingKey key = keys.get(id);
    if (key != null) {
      return key;
    }
    if (destroyed.contains(id)) {
      throw new HeadraceException(
          "%s is encrypted with key %d, which was destroyed in %s: without an older copy of the key set nobody can read the file. Give that, or do without the file."
              .formatted(file, id, from));
    }
    throw new HeadraceException(
        keys.containsKey(id)
            ? "%s is encrypted with key %d, which is disabled in %s. Enable it to read the file: headrace keys enable %s %d."
                .formatted(file, id, from, from, id)
            : "%s is encrypted with key %d, and %s has other keys: %s. Give the key set that it was written with."
                .formatted(
                    file,
                    id,
                    from,
                    keys.keySet().stream().map(String::valueOf).collect(Collectors.joining(", "))));
  }
}
