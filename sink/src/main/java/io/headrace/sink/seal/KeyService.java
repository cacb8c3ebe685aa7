package io.headrace.sink.seal;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KmsClient;
import com.google.crypto.tink.aead.AeadConfig;
import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A key that stays in a key management service, through whichever Tink client is on hand. Every
 * fault is a {@link HeadraceException} that tells a service which cannot be reached from one that
 * is silent and one that refuses. As thread-safe as the client.
 */
final class KeyService implements Aead {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String uri;
  private final Duration patience;
  private final Aead key;

  private KeyService(String uri, Duration patience, Aead key) {
    this.uri = uri;
    this.patience = patience;
    this.key = key;
  }

  /**
   * What encrypts and decrypts with such a key.
   *
   * @throws HeadraceException if no client knows the URI, or the service fails
   */
  static Aead aead(String uri, Optional<Path> credentials) {
    return aead(uri, credentials, PATIENCE);
  }

  /** The same with another bound on each answer of the service. */
  static Aead aead(String uri, Optional<Path> credentials, Duration patience) {
    KmsClient client = client(uri);
    Aead key =
        asked(
            uri,
            "does not let its key be used",
            patience,
            () -> {
              AeadConfig.register();
              KmsClient ready =
                  credentials.isPresent()
                      ? client.withCredentials(credentials.get().toString())
                      : client.withDefaultCredentials();
              return ready.getAead(uri);
            });
    return new KeyService(uri, patience, key);
  }

  private static KmsClient client(String uri) {
    try {
      for (KmsClient client : ServiceLoader.load(KmsClient.class)) {
        if (client.doesSupport(uri)) {
          return client;
        }
      }
    } catch (ServiceConfigurationError e) {
      throw new HeadraceException(
          "A client of a key management service on the class path cannot be loaded: %s. Put all that it needs beside it in HEADRACE_CLASS_PATH."
              .formatted(e.getMessage()),
          e);
    }
    throw new HeadraceException(
        "No client of a key management service knows %s. Name the jars of Tink's client of that service, e.g. tink-awskms or tink-gcpkms, in HEADRACE_CLASS_PATH."
            .formatted(uri));
  }

  @Override
  public byte[] encrypt(byte[] plaintext, byte[] associatedData) {
    return asked(
        uri,
        "does not encrypt the key set",
        patience,
        () -> key.encrypt(plaintext, associatedData));
  }

  @Override
  public byte[] decrypt(byte[] ciphertext, byte[] associatedData) {
    return asked(
        uri,
        "does not decrypt the key set",
        patience,
        () -> key.decrypt(ciphertext, associatedData));
  }

  private static <T> T asked(String uri, String refusal, Duration patience, Callable<T> question) {
    var answer = new FutureTask<>(question);
    Thread.ofPlatform().daemon().name("key-service").start(answer);
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new HeadraceException(
          "The key management service of %s gave no answer within %,d ms. Try again when it does; check the network to it and encryption.kms-credentials."
              .formatted(uri, patience.toMillis()),
          e);
    } catch (ExecutionException e) {
      throw failed(uri, refusal, Objects.requireNonNullElse(e.getCause(), e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HeadraceException("Interrupted while the service of " + uri + " was asked.", e);
    } finally {
      answer.cancel(true);
    }
  }

  private static HeadraceException failed(String uri, String refusal, Throwable fault) {
    for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException || cause instanceof UncheckedIOException) {
        return new HeadraceException(
            "The key management service of %s cannot be reached: %s. Try again when it can; check the network to it and encryption.kms-credentials."
                .formatted(uri, cause.getMessage()),
            fault);
      }
    }
    return new HeadraceException(
        "The key management service of %s %s: %s. Name the key that the set was encrypted with in encryption.kms, and credentials that may use it."
            .formatted(
                uri,
                refusal,
                fault instanceof GeneralSecurityException ? fault.getMessage() : fault.toString()),
        fault);
  }
}
