package io.headrace.sink.seal;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.KmsClient;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A key management service in memory, found as that of a provider is: {@code planted-kms://NAME} is
 * a key, made when it is first asked for. Public, with its constructor, for {@code ServiceLoader}.
 */
public final class PlantedKeyService implements KmsClient {
  static final String SCHEME = "planted-kms://";

  /** What is wrong with the service. */
  enum Fault {
    NONE,
    DOWN,
    SILENT
  }

  private static final Map<String, Aead> KEYS = new ConcurrentHashMap<>();
  private static volatile Fault fault = Fault.NONE;
  private static final AtomicInteger faulty = new AtomicInteger();

  /** Plants a fault; none ends it. */
  static void plant(Fault next) {
    fault = next;
    faulty.set(0);
  }

  /** How many questions have met the fault since it was planted. */
  static int met() {
    return faulty.get();
  }

  @Override
  public boolean doesSupport(String uri) {
    return uri.startsWith(SCHEME);
  }

  @Override
  public KmsClient withCredentials(String path) throws GeneralSecurityException {
    try {
      if (!Files.readString(Path.of(path)).equals("open sesame")) {
        throw new GeneralSecurityException("access denied to who has these credentials");
      }
      return this;
    } catch (IOException e) {
      throw new GeneralSecurityException("no credentials", e);
    }
  }

  @Override
  public KmsClient withDefaultCredentials() {
    return this;
  }

  @Override
  public Aead getAead(String uri) {
    Aead key = KEYS.computeIfAbsent(uri, PlantedKeyService::newKey);
    return new Aead() {
      @Override
      public byte[] encrypt(byte[] plaintext, byte[] associatedData)
          throws GeneralSecurityException {
        answer();
        return key.encrypt(plaintext, associatedData);
      }

      @Override
      public byte[] decrypt(byte[] ciphertext, byte[] associatedData)
          throws GeneralSecurityException {
        answer();
        return key.decrypt(ciphertext, associatedData);
      }
    };
  }

  private static void answer() throws GeneralSecurityException {
    if (fault == Fault.NONE) {
      return;
    }
    faulty.incrementAndGet();
    if (fault == Fault.DOWN) {
      throw new GeneralSecurityException(
          "decryption failed", new ConnectException("Connection refused"));
    }
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new GeneralSecurityException("interrupted", e); // whoever waited has gone
    }
  }

  private static Aead newKey(String uri) {
    try {
      AeadConfig.register();
      return KeysetHandle.generateNew(
              PredefinedAeadParameters.AES256_GCM, RegistryConfiguration.get())
          .getPrimitive(RegistryConfiguration.get(), Aead.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(uri, e);
    }
  }
}
