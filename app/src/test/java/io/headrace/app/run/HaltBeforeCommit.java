package io.headrace.app.run;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Ends its process, as kill -9 does, when a checkpoint is durable whose positions cannot have been
 * committed: the thread that would send them is held in here since before.
 */
public final class HaltBeforeCommit implements ConsumerInterceptor<ByteBuffer, ByteBuffer> {
  static final int EXIT = 137;
  static final String DIRECTORY = "halt.before.commit.of";
  private static final int POLL = 5;

  private Path directory = Path.of("");
  private int polls;

  @Override
  public void configure(Map<String, ?> configs) {
    directory = Path.of(String.valueOf(configs.get(DIRECTORY)));
  }

  @Override
  public ConsumerRecords<ByteBuffer, ByteBuffer> onConsume(
      ConsumerRecords<ByteBuffer, ByteBuffer> records) {
    polls++;
    if (polls == POLL) {
      List<String> before = SharedTopic.checkpointsIn(directory);
      while (before.containsAll(SharedTopic.checkpointsIn(directory))) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
      Runtime.getRuntime().halt(EXIT);
    }
    return records;
  }

  @Override
  public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

  @Override
  public void close() {}
}
