package io.headrace.ingest;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came with a record besides its bytes. Immutable; nobody moves the buffers.
 *
 * @param key as bytes; null where the record had none
 * @param headers in their order
 */
public record Envelope(@Nullable ByteBuffer key, List<Header> headers) {
  /** Of a record that came with nothing. */
  public static final Envelope NONE = new Envelope(null, List.of());

  /** One header. */
  public record Header(String key, @Nullable ByteBuffer value) {}

  /** Gives the envelopes of a chunk's records, made when they are asked for. */
  @FunctionalInterface
  public interface Provider {
    /** The envelope of record {@code i} of the chunk. */
    Envelope of(int i);
  }

  public Envelope {
    headers = List.copyOf(headers);
  }
}
