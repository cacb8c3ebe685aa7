package io.headrace.ingest.push;

import io.headrace.engine.config.ClientProperties;
import io.headrace.ingest.RecordChunk.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Produces requests to a topic, each to one partition, a group in one transaction: all of its
 * records can be read or none. The last record of a request carries its key, so that keys are found
 * again by reading the end of the topic. After a failure a new producer takes over, which ends what
 * the one before left open and looks for keys that it committed after all.
 *
 * <p>One thread commits; another may close.
 */
final class TopicStore implements PushStore {
  /** Header of a request's last record: its key. */
  static final String KEY = "headrace-key";

  /** Header beside it: number of records and CRC-32C of the body, 4 bytes each. */
  static final String REQUEST = "headrace-request";

  /** Header of a record that is masked: empty, or why it is to be rejected. */
  static final String MASKED = "headrace-masked";

  private static final byte[] SOUND = {};

  /** Records at the end of a partition that are searched for keys. */
  private static final long SEARCHED = 100_000;

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LONGEST_SEARCH = Duration.ofMinutes(1);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

  private final String topic;
  private final Map<String, Object> settings;
  private final RememberedKeys keys;
  private @Nullable Producer<byte[], byte[]> producer;
  private int nextPartition;

  /**
   * @param settings of Kafka's clients, {@code bootstrap.servers} among them
   * @param keys gets those that the topic's end remembers
   */
  TopicStore(String topic, Map<String, Object> settings, RememberedKeys keys) {
    this.topic = topic;
    this.settings = Map.copyOf(settings);
    this.keys = keys;
  }

  @Override
  public void prepare() throws IOException {
    if (producer != null) {
      return;
    }
    try {
      Producer<byte[], byte[]> made = created();
      producer = made;
      made.initTransactions();
      findKeys();
    } catch (KafkaException e) {
      throw failed(e);
    }
  }

  @Override
  public List<Receipt> commit(List<PushedRequest> group) throws IOException {
    Producer<byte[], byte[]> to = Objects.requireNonNull(producer, "prepared");
    try {
      to.beginTransaction();
      List<Sent> sent = new ArrayList<>();
      int partitions = to.partitionsFor(topic).size();
      for (PushedRequest request : group) {
        sent.add(send(request, Math.floorMod(nextPartition++, partitions), to));
      }
      to.commitTransaction();
      List<Receipt> receipts = new ArrayList<>();
      for (Sent one : sent) {
        receipts.add(one.receipt());
      }
      return receipts;
    } catch (KafkaException | ExecutionException e) {
      throw failed(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the thread that commits", e);
    }
  }

  @Override
  public long backlogBytes() {
    return 0;
  }

  /** A request on its way: its first and its last record. */
  private record Sent(
      PushedRequest request, Future<RecordMetadata> first, Future<RecordMetadata> last) {
    Receipt receipt() throws ExecutionException, InterruptedException {
      RecordMetadata end = last.get();
      return new Receipt(
          end.partition(), first.get().offset(), end.offset() + 1, request.bodyCrc());
    }
  }

  private Sent send(PushedRequest request, int partition, Producer<byte[], byte[]> to) {
    Future<RecordMetadata> first = null;
    Future<RecordMetadata> last = null;
    int left = request.records();
    for (PushedBlock block : request.blocks()) {
      int[] ends = Objects.requireNonNull(block.ends, "records of a topic are delimited");
      for (int i = 0; i < block.records; i++) {
        byte[] value = Arrays.copyOfRange(block.bytes, i == 0 ? 0 : ends[i - 1], ends[i]);
        var record =
            new ProducerRecord<byte[], byte[]>(
                topic, partition, request.receivedMillis(), null, value);
        if (request.masked()) {
          Fault fault = block.faults.get(i);
          record.headers().add(MASKED, fault == null ? SOUND : BlockFaults.text(fault));
        }
        left--;
        if (left == 0 && !request.key().isEmpty()) {
          mark(record, request);
        }
        last = to.send(record);
        first = first == null ? last : first;
      }
    }
    return new Sent(request, Objects.requireNonNull(first), Objects.requireNonNull(last));
  }

  private static void mark(ProducerRecord<byte[], byte[]> record, PushedRequest request) {
    byte[] about =
        ByteBuffer.allocate(2 * Integer.BYTES)
            .putInt(request.records())
            .putInt(request.bodyCrc())
            .array();
    record.headers().add(KEY, request.key().getBytes(StandardCharsets.UTF_8)).add(REQUEST, about);
  }

  private Producer<byte[], byte[]> created() {
    Map<String, Object> all = ClientProperties.resolved(settings);
    all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "headrace-push-" + topic);
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.putIfAbsent(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1"); // decision 49
    all.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, "10000");
    all.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "20000");
    all.putIfAbsent(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
    var serializer = new ByteArraySerializer();
    return new KafkaProducer<>(all, serializer, serializer);
  }

  private void findKeys() {
    Map<String, Object> all = ClientProperties.resolved(settings);
    all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    var deserializer = new ByteArrayDeserializer();
    try (Consumer<byte[], byte[]> from = new KafkaConsumer<>(all, deserializer, deserializer)) {
      List<TopicPartition> partitions =
          from.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      from.assign(partitions);
      Map<TopicPartition, Long> begins = from.beginningOffsets(partitions);
      Map<TopicPartition, Long> ends = from.endOffsets(partitions);
      for (TopicPartition partition : partitions) {
        from.seek(
            partition,
            Math.max(
                begins.getOrDefault(partition, 0L), ends.getOrDefault(partition, 0L) - SEARCHED));
      }
      long deadline = System.nanoTime() + LONGEST_SEARCH.toNanos();
      while (partitions.stream().anyMatch(p -> from.position(p) < ends.getOrDefault(p, 0L))) {
        if (System.nanoTime() - deadline > 0) {
          throw new TimeoutException(
              "the end of the topic could not be searched for keys within " + LONGEST_SEARCH);
        }
        from.poll(POLL).forEach(this::remember);
      }
    }
  }

  private void remember(ConsumerRecord<byte[], byte[]> record) {
    Header key = record.headers().lastHeader(KEY);
    Header about = record.headers().lastHeader(REQUEST);
    if (key != null && about != null && about.value().length == 2 * Integer.BYTES) {
      ByteBuffer told = ByteBuffer.wrap(about.value());
      long next = record.offset() + 1;
      keys.add(
          new String(key.value(), StandardCharsets.UTF_8),
          new Receipt(record.partition(), next - told.getInt(), next, told.getInt()));
    }
  }

  /** Lets go of the producer, as nobody knows what became of its transaction. */
  private IOException failed(Exception why) {
    Producer<byte[], byte[]> failed = producer;
    producer = null;
    if (failed != null) {
      failed.close(Duration.ZERO);
    }
    return new IOException("producing to topic " + topic + " failed: " + why.getMessage(), why);
  }

  @Override
  public void close() {
    Producer<byte[], byte[]> last = producer;
    producer = null;
    if (last != null) {
      last.close(LONGEST_CLOSE);
    }
  }
}
