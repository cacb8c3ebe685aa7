package io.headrace.sink.seal;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.seal.BlockCipher;
import io.headrace.engine.seal.BlockSeal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives each file a key of its own, which is kept at its start, encrypted with the key ring's. So a
 * block of one file opens in no other, and costs no more than its own bytes. Immutable and
 * thread-safe.
 *
 * @param job whose the files are; empty to read those of any
 * @param everything whether files that are not encrypted are refused
 */
record KeyedBlocks(KeyRing keys, Optional<String> job, boolean everything) implements BlockSeal {
  private static final String KIND = "kind";
  private static final String NAME = "name";
  private static final String JOB = "job";
  private static final String DATA_KEY = "data_key";

  @Override
  public boolean encrypts() {
    return true;
  }

  @Override
  public BlockCipher begin(String kind, String name) {
    var label = new TreeMap<String, String>();
    label.put(KIND, kind);
    label.put(NAME, name);
    label.put(JOB, job.orElse(""));
    return begin(label);
  }

  /** A file that says of itself what another one says, under the primary key. */
  BlockCipher begin(Map<String, String> label) {
    SealingKey key = keys.primary();
    try {
      AeadConfig.register();
      KeysetHandle own =
          KeysetHandle.generateNew(
              PredefinedAeadParameters.AES256_GCM, RegistryConfiguration.get());
      var all = new TreeMap<>(label);
      all.remove(DATA_KEY);
      byte[] bound = SealedHeader.of(key.id(), all).bytes();
      all.put(DATA_KEY, Base64.getEncoder().encodeToString(sealed(own, key, bound)));
      return new OwnKey(SealedHeader.of(key.id(), all).bytes(), aead(own));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("a key that was checked, and memory", e);
    }
  }

  private static byte[] sealed(KeysetHandle own, SealingKey key, byte[] bound)
      throws GeneralSecurityException, IOException {
    byte[] plain =
        TinkProtoKeysetFormat.serializeKeyset(
            own, InsecureSecretKeyAccess.get(), RegistryConfiguration.get());
    var bytes = new ByteArrayOutputStream();
    try (OutputStream out = key.aead().newEncryptingStream(bytes, bound)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  private static Aead aead(KeysetHandle own) throws GeneralSecurityException {
    return own.getPrimitive(RegistryConfiguration.get(), Aead.class);
  }

  @Override
  public Optional<BlockCipher> of(Path file, String kind, String name) {
    Optional<SealedHeader> header;
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() < SealedHeader.LEAST_BYTES) {
        return Optional.empty();
      }
      header = SealedHeader.read(channel);
    } catch (SealBrokenException e) {
      if (e.isCutOff()) {
        return Optional.empty();
      }
      throw unusable(file, e.problem());
    } catch (IOException e) {
      throw new HeadraceException(
          "%s could not be read: %s. Check the disk and the file's rights.".formatted(file, e), e);
    }
    if (header.isEmpty()) {
      if (everything) {
        throw unusable(
            file,
            "it is not encrypted, and all that is kept with encryption.keys must be. If it is yours, headrace keys rewrap --plain JOB.yaml encrypts it");
      }
      return Optional.of(BlockCipher.NONE);
    }
    requireItsPlace(file, header.get().label(), kind, name);
    return Optional.of(opened(file, header.get()));
  }

  private void requireItsPlace(Path file, Map<String, String> label, String kind, String name) {
    String its = label.getOrDefault(JOB, "");
    if (!label.getOrDefault(KIND, "").equals(kind)
        || !label.getOrDefault(NAME, "").equals(name)
        || !job.orElse(its).equals(its)) {
      throw unusable(
          file,
          "it is the %s %s of the job %s, in the place of another"
              .formatted(label.get(KIND), label.get(NAME), its));
    }
  }

  private BlockCipher opened(Path file, SealedHeader header) {
    SealingKey key = keys.key(header.key(), file.toString());
    var label = new TreeMap<>(header.label());
    String dataKey = label.remove(DATA_KEY);
    byte[] bound = SealedHeader.of(key.id(), label).bytes();
    try (InputStream in =
        key.aead()
            .newDecryptingStream(
                new ByteArrayInputStream(
                    Base64.getDecoder().decode(dataKey == null ? "" : dataKey)),
                bound)) {
      AeadConfig.register();
      KeysetHandle own =
          TinkProtoKeysetFormat.parseKeyset(
              in.readAllBytes(), InsecureSecretKeyAccess.get(), RegistryConfiguration.get());
      return new OwnKey(header.bytes(), aead(own));
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw unusable(
          file,
          "it was changed after it was written: its own key fails authentication with key "
              + key.id());
    }
  }

  private static HeadraceException unusable(Path file, String problem) {
    return new HeadraceException(
        "%s cannot be used: %s. Put back a good copy of it, or move it away."
            .formatted(file, problem));
  }

  /** Blocks under the file's own key. */
  private static final class OwnKey implements BlockCipher {
    private final byte[] head;
    private final Aead aead;

    OwnKey(byte[] head, Aead aead) {
      this.head = head;
      this.aead = aead;
    }

    @Override
    public byte[] head() {
      return head;
    }

    @Override
    public byte[] sealed(byte[] block, long at) {
      try {
        return aead.encrypt(block, place(at));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("a key that was just made", e);
      }
    }

    @Override
    public byte @Nullable [] opened(byte[] sealed, long at) {
      try {
        return aead.decrypt(sealed, place(at));
      } catch (GeneralSecurityException e) {
        return null;
      }
    }

    private static byte[] place(long at) {
      return ByteBuffer.allocate(Long.BYTES).putLong(at).array();
    }
  }
}
