package io.headrace.sink.seal;

import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.StreamingAead;
import com.google.crypto.tink.streamingaead.AesGcmHkdfStreamingKey;
import com.google.crypto.tink.streamingaead.AesGcmHkdfStreamingParameters;
import java.security.GeneralSecurityException;

/**
 * One key that files are encrypted with. Thread-safe.
 *
 * @param id as people see it
 * @param aead encrypts and decrypts with this key alone
 */
record SealingKey(long id, StreamingAead aead, AesGcmHkdfStreamingParameters parameters) {
  private static final int TAG_BYTES = 16;
  private static final int NONCE_PREFIX_BYTES = 7;

  static SealingKey of(long id, AesGcmHkdfStreamingKey key) throws GeneralSecurityException {
    KeysetHandle alone =
        KeysetHandle.newBuilder()
            .addEntry(KeysetHandle.importKey(key).withFixedId((int) id).makePrimary())
            .build();
    return new SealingKey(
        id,
        alone.getPrimitive(RegistryConfiguration.get(), StreamingAead.class),
        key.getParameters());
  }

  /** How many bytes so many become. */
  long sealedBytes(long plain) {
    int head = 1 + parameters.getDerivedAesGcmKeySizeBytes() + NONCE_PREFIX_BYTES;
    int inSegment = parameters.getCiphertextSegmentSizeBytes() - TAG_BYTES;
    long segments = Math.max(1, Math.ceilDiv(plain + head, inSegment));
    return plain + head + segments * TAG_BYTES;
  }
}
