package io.headrace.perf.load;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleDecoder;
import io.headrace.perf.stream.Readings;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/**
 * How fast a plain consumer in one thread reads the topic, with the client settings that the Kafka
 * source has. Three ways of handling what it polled; each adds up what it saw, and the sum is
 * checked.
 */
final class ConsumerCeiling {
  private static final int POLL_RECORDS = 4096;
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final LoadTopic topic;

  ConsumerCeiling(LoadTopic topic) {
    this.topic = topic;
  }

  /** Handles the records of one poll and gives the sum that is checked. */
  private interface Handling {
    long handle(List<ConsumerRecord<ByteBuffer, ByteBuffer>> polled);
  }

  /** Nothing but reading: records and their bytes are counted. */
  Figure raw() {
    return read(
        topic.records() * Readings.MESSAGE_BYTES,
        polled -> {
          long bytes = 0;
          for (ConsumerRecord<ByteBuffer, ByteBuffer> record : polled) {
            bytes += record.value().remaining();
          }
          return bytes;
        });
  }

  /** The least that decoding can be: the floats of each record copied into a matrix in bulk. */
  Figure copied() {
    MemorySegment matrix = Floats.allocate((long) POLL_RECORDS * Readings.WIDTH);
    int rowBytes = Readings.WIDTH * Float.BYTES;
    return read(
        topic.yes(),
        polled -> {
          long yes = 0;
          long row = 0;
          for (ConsumerRecord<ByteBuffer, ByteBuffer> record : polled) {
            ByteBuffer value = record.value();
            int start = value.arrayOffset() + value.position();
            yes += Readings.label(value.array(), start);
            MemorySegment.copy(
                value.array(),
                start + Readings.FEATURES_AT,
                matrix,
                ValueLayout.JAVA_BYTE,
                row * rowBytes,
                rowBytes);
            row++;
          }
          if (row > 0 && !Float.isFinite(matrix.get(FLOAT, (row - 1) * rowBytes))) {
            throw new IllegalStateException("a float is not finite");
          }
          return yes;
        });
  }

  /** Our decoder on what was polled, in the same thread. */
  Figure decoded() {
    SampleDecoder decoder = Readings.decoder();
    var chunk = new RecordChunk(done -> {});
    var block = new SampleBlock(Readings.mapping().schema(), POLL_RECORDS);
    var partition = new SourcePartition(topic.name(), 0);
    return read(
        topic.yes(),
        polled -> {
          if (polled.isEmpty()) {
            return 0;
          }
          long first = polled.getFirst().offset();
          chunk.start(partition, first);
          for (ConsumerRecord<ByteBuffer, ByteBuffer> record : polled) {
            ByteBuffer value = record.value();
            int start = value.arrayOffset() + value.position();
            chunk.add(value.array(), start, value.remaining(), record.offset(), 0);
          }
          block.start(partition, first);
          decoder.decode(chunk, block, (from, i, reason, detail) -> {});
          double yes = 0;
          for (int row = 0; row < block.size(); row++) {
            yes += block.labels()[row];
          }
          return (long) yes;
        });
  }

  private Figure read(long expectedSum, Handling handling) {
    var stopwatch = new Stopwatch(topic.records());
    long sum = 0;
    var partition = new TopicPartition(topic.name(), 0);
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                topic.bootstrap(),
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                POLL_RECORDS,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false),
            new ByteBufferDeserializer(),
            new ByteBufferDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (!stopwatch.done()) {
        ConsumerRecords<ByteBuffer, ByteBuffer> polled = consumer.poll(Duration.ofMillis(200));
        List<ConsumerRecord<ByteBuffer, ByteBuffer>> records = polled.records(partition);
        sum += handling.handle(records);
        stopwatch.add(records.size());
      }
    }
    if (sum != expectedSum) {
      throw new IllegalStateException("the sum is %d, not %d".formatted(sum, expectedSum));
    }
    return stopwatch.figure();
  }
}
