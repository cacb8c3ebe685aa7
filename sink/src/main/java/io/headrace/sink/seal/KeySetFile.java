package io.headrace.sink.seal;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.signature.PredefinedSignatureParameters;
import com.google.crypto.tink.signature.SignatureConfig;
import com.google.crypto.tink.streamingaead.AesGcmHkdfStreamingParameters;
import com.google.crypto.tink.streamingaead.StreamingAeadConfig;
import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The file of a key set. Only its owner may read or write it; each change is one rename, so readers
 * see all of it or nothing, and one at a time. Stateless.
 */
public final class KeySetFile {
  /**
   * What may be told of a key.
   *
   * @param state enabled, disabled or destroyed
   * @param primary whether new files get it
   */
  public record ListedKey(long id, String state, boolean primary) {}

  /**
   * As Tink's AES256_GCM_HKDF_4KB but for its segments: those of 64 KiB take half the time, longer
   * ones no less.
   */
  private static final int SEGMENT_BYTES = 1 << 16;

  private static final int KEY_BYTES = 32;

  private final EncryptionSettings settings;
  private final Path file;

  /**
   * @throws HeadraceException if it is in the environment, where it cannot be changed
   */
  public KeySetFile(EncryptionSettings settings) {
    if (KeySetText.variable(settings.keys()).isPresent()) {
      throw new HeadraceException(
          "%s is a variable of the environment. Change the key set where it comes from, in a file."
              .formatted(settings.keys()));
    }
    this.settings = settings;
    this.file = Path.of(settings.keys());
  }

  /**
   * Makes the file, with one key that encrypts files.
   *
   * @return the key's id
   * @throws HeadraceException if there is one already, or it cannot be written
   */
  public long create() {
    try {
      return create(
          AesGcmHkdfStreamingParameters.builder()
              .setKeySizeBytes(KEY_BYTES)
              .setDerivedAesGcmKeySizeBytes(KEY_BYTES)
              .setHkdfHashType(AesGcmHkdfStreamingParameters.HashType.SHA256)
              .setCiphertextSegmentSizeBytes(SEGMENT_BYTES)
              .build());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("parameters that hold together", e);
    }
  }

  /** The same with a key that signs models. */
  public long createForSigning() {
    return create(PredefinedSignatureParameters.ED25519);
  }

  private long create(Parameters kind) {
    return locked(
        () -> {
          if (Files.exists(file)) {
            throw new HeadraceException(
                "%s is there already, and files may be encrypted with it. Add a key to it with headrace keys rotate %s, or name another file."
                    .formatted(file, file));
          }
          StreamingAeadConfig.register();
          SignatureConfig.register();
          KeysetHandle made = withNewKey(KeysetHandle.newBuilder(), kind);
          write(made);
          return primary(made);
        });
  }

  /**
   * Adds a key of the same kind, which new files get from then on; the others go on to open older
   * ones, or to be who signed them.
   *
   * @return the new key's id
   */
  public long rotate() {
    return locked(
        () -> {
          KeysetHandle before = read();
          KeysetHandle more =
              withNewKey(
                  KeysetHandle.newBuilder(before), before.getPrimary().getKey().getParameters());
          write(more);
          return primary(more);
        });
  }

  /**
   * Enables or disables a key: files that are encrypted with a disabled one cannot be read.
   *
   * @throws HeadraceException if there is none of that id, or it is the primary one
   */
  public void setEnabled(long id, boolean enabled) {
    change(
        id,
        (keys, at) -> keys.getAt(at).setStatus(enabled ? KeyStatus.ENABLED : KeyStatus.DISABLED));
  }

  /**
   * Takes a key out, for good: what is encrypted with it is lost.
   *
   * @throws HeadraceException if there is none of that id, or it is the primary one
   */
  public void delete(long id) {
    change(id, (keys, at) -> keys.deleteAt(at));
  }

  /** What is done to one key. */
  private interface KeyChange {
    void applyTo(KeysetHandle.Builder keys, int at);
  }

  private void change(long id, KeyChange change) {
    locked(
        () -> {
          KeysetHandle before = read();
          int at = indexOf(before, id);
          if (before.getAt(at).isPrimary()) {
            throw new HeadraceException(
                "Key %d of %s is the primary one, which new files get. Add another first: headrace keys rotate %s."
                    .formatted(id, file, file));
          }
          KeysetHandle.Builder keys = KeysetHandle.newBuilder(before);
          change.applyTo(keys, at);
          write(keys.build());
          return id;
        });
  }

  private int indexOf(KeysetHandle keys, long id) {
    for (int i = 0; i < keys.size(); i++) {
      if (Integer.toUnsignedLong(keys.getAt(i).getId()) == id) {
        return i;
      }
    }
    throw new HeadraceException(
        "%s has no key %d. headrace keys list %s shows those that it has."
            .formatted(file, id, file));
  }

  /** The keys that there are, oldest first. */
  public List<ListedKey> list() {
    KeysetHandle keys = read();
    List<ListedKey> listed = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      KeysetHandle.Entry key = keys.getAt(i);
      listed.add(
          new ListedKey(
              Integer.toUnsignedLong(key.getId()),
              key.getStatus().toString().toLowerCase(Locale.ROOT),
              key.isPrimary()));
    }
    return listed;
  }

  /**
   * Writes the public keys of a key set for signing.
   *
   * @throws HeadraceException if it has none, or they cannot be written
   */
  public void writePublic(Path to) {
    try {
      Files.writeString(
          to,
          TinkJsonProtoKeysetFormat.serializeKeysetWithoutSecret(
              read().getPublicKeysetHandle(), RegistryConfiguration.get()));
    } catch (GeneralSecurityException e) {
      throw new HeadraceException(
          "The keys of %s are not for signing, and have no public ones. Make some with headrace keys create --signing."
              .formatted(file),
          e);
    } catch (IOException e) {
      throw new HeadraceException(
          "%s cannot be written: %s. Name a file in a folder that may be written to."
              .formatted(to, e),
          e);
    }
  }

  private static KeysetHandle withNewKey(KeysetHandle.Builder keys, Parameters kind)
      throws GeneralSecurityException {
    return keys.addEntry(
            KeysetHandle.generateEntryFromParameters(kind).withRandomId().makePrimary())
        .build();
  }

  private static long primary(KeysetHandle keys) {
    return Integer.toUnsignedLong(keys.getPrimary().getId());
  }

  private KeysetHandle read() {
    return KeyRing.handle(settings);
  }

  /** Something that may fail as keys and files do. */
  private interface Task {
    long run() throws GeneralSecurityException, IOException;
  }

  private long locked(Task task) {
    Path absolute = file.toAbsolutePath();
    Path lock = absolute.resolveSibling("." + absolute.getFileName() + ".lock");
    try {
      Files.createDirectories(absolute.resolveSibling(".").normalize());
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        assert held.isValid();
        return task.run();
      }
    } catch (IOException e) {
      throw new HeadraceException(
          "The key set %s cannot be written: %s. Check the folder's rights.".formatted(file, e), e);
    } catch (GeneralSecurityException e) {
      throw new HeadraceException(
          "The key set %s cannot be changed: %s. Make another with headrace keys create."
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private void write(KeysetHandle keys) throws GeneralSecurityException, IOException {
    String text =
        settings.kms().isPresent()
            ? TinkJsonProtoKeysetFormat.serializeEncryptedKeyset(
                keys,
                KeyService.aead(settings.kms().get(), settings.kmsCredentials()),
                new byte[0],
                RegistryConfiguration.get())
            : TinkJsonProtoKeysetFormat.serializeKeyset(
                keys, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
    Path absolute = file.toAbsolutePath();
    Path next = absolute.resolveSibling("." + absolute.getFileName() + ".next");
    Files.deleteIfExists(next);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(next, PosixFilePermissions.asFileAttribute(KeySetText.OWNER_ONLY));
    }
    Files.writeString(next, text);
    try (FileChannel written = FileChannel.open(next, StandardOpenOption.WRITE)) {
      written.force(true);
    }
    Files.move(next, absolute, StandardCopyOption.ATOMIC_MOVE);
  }
}
