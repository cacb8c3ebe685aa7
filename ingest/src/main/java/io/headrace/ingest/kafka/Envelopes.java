package io.headrace.ingest.kafka;

import io.headrace.ingest.Envelope;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Keys and headers of the records that a chunk was filled with: nothing is copied before somebody
 * asks for one.
 *
 * @param records what was polled
 * @param first which of them is the chunk's first
 */
record Envelopes(List<ConsumerRecord<ByteBuffer, ByteBuffer>> records, int first)
    implements Envelope.Provider {
  @Override
  public Envelope of(int i) {
    ConsumerRecord<ByteBuffer, ByteBuffer> record = records.get(first + i);
    List<Envelope.Header> headers = new ArrayList<>();
    for (Header header : record.headers()) {
      byte[] value = header.value();
      headers.add(new Envelope.Header(header.key(), value == null ? null : ByteBuffer.wrap(value)));
    }
    return new Envelope(copy(record.key()), headers);
  }

  private static @Nullable ByteBuffer copy(@Nullable ByteBuffer key) {
    if (key == null) {
      return null;
    }
    return ByteBuffer.allocate(key.remaining()).put(key.duplicate()).flip();
  }
}
