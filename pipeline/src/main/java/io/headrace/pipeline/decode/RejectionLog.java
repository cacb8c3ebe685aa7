package io.headrace.pipeline.decode;

import io.headrace.engine.sample.EpochPosition;
import io.headrace.ingest.Envelope;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.Rejections;
import io.headrace.schemas.RecordHeader;
import io.headrace.schemas.RejectedSample;
import io.headrace.sink.DeadLetterSink;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Writes every rejected record to the dead letters and counts it by reason. Thread-safe. */
public final class RejectionLog implements Rejections {
  private static final int PAYLOAD_BYTES = 1 << 20;

  private final String job;
  private final DeadLetterSink deadLetters;
  private final InstantSource clock;
  private final Map<RejectionReason, LongAdder> counts = new EnumMap<>(RejectionReason.class);

  public RejectionLog(String job, DeadLetterSink deadLetters, InstantSource clock) {
    this.job = job;
    this.deadLetters = deadLetters;
    this.clock = clock;
    for (RejectionReason reason : RejectionReason.values()) {
      counts.put(reason, new LongAdder());
    }
  }

  @Override
  @SuppressWarnings("NullAway") // the generated classes do not say what the schema lets be null
  public void reject(RecordChunk chunk, int record, RejectionReason reason, String detail) {
    count(reason);
    boolean hasBytes = record >= 0;
    int index = hasBytes ? record : -1 - record;
    int start = hasBytes ? chunk.start(index) : 0;
    int length = hasBytes ? chunk.end(index) - start : 0;
    Envelope envelope = chunk.envelope(index);
    deadLetters.write(
        RejectedSample.newBuilder()
            .setJob(job)
            .setSource(chunk.partition().source())
            .setPartition(chunk.partition().partition())
            .setPosition(EpochPosition.record(chunk.position(index)))
            .setReason(reason.code())
            .setDetail(detail)
            .setRejectedAt(Instant.ofEpochMilli(clock.millis()))
            .setPayload(copy(chunk.bytes(), start, Math.min(length, PAYLOAD_BYTES)))
            .setPayloadBytes(length)
            .setKey(envelope.key())
            .setHeaders(headers(envelope))
            .setFile(chunk.file(index))
            .setFileByte(chunk.fileByte(index))
            .build());
  }

  @SuppressWarnings("NullAway") // as above
  private static List<RecordHeader> headers(Envelope envelope) {
    return envelope.headers().stream()
        .map(header -> new RecordHeader(header.key(), header.value()))
        .toList();
  }

  /** Records rejected so far by reason code; reasons that did not occur are left out. */
  public SortedMap<String, Long> byReason() {
    var occurred = new TreeMap<String, Long>();
    counts.forEach(
        (reason, count) -> {
          if (count.sum() > 0) {
            occurred.put(reason.code(), count.sum());
          }
        });
    return Collections.unmodifiableSortedMap(occurred);
  }

  private void count(RejectionReason reason) {
    LongAdder count = counts.get(reason);
    if (count != null) {
      count.increment();
    }
  }

  private static ByteBuffer copy(byte[] bytes, int start, int length) {
    byte[] copy = new byte[length];
    System.arraycopy(bytes, start, copy, 0, length);
    return ByteBuffer.wrap(copy);
  }
}
