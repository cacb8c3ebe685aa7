package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.kafka.KafkaSampleSource;
import io.headrace.ingest.kafka.KafkaTopic;
import io.headrace.sink.CheckpointStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A store's checkpoints with the topic that their positions are of: written into each, and told to
 * the source before it goes on from one.
 */
final class TopicCheckpoints implements CheckpointStore {
  /** Value of a checkpoint: {@link KafkaTopic#text}. */
  static final String TOPIC = "source.kafka-topic";

  private final KafkaSampleSource source;
  private final CheckpointStore store;

  private TopicCheckpoints(KafkaSampleSource source, CheckpointStore store) {
    this.source = source;
    this.store = store;
  }

  /** The checkpoints of a job that reads {@code source}. */
  static CheckpointStore of(SampleSource source, CheckpointStore store) {
    return source instanceof KafkaSampleSource kafka ? new TopicCheckpoints(kafka, store) : store;
  }

  /** Tells a source which topic the positions of a checkpoint are of. */
  static void tell(SampleSource source, Checkpoint checkpoint) {
    String topic = checkpoint.values().get(TOPIC);
    if (topic != null && source instanceof KafkaSampleSource kafka) {
      kafka.goOnIn(KafkaTopic.parse(topic));
    }
  }

  /** {@code values} with what {@code before} has of this. */
  static Map<String, String> carried(Map<String, String> before, Map<String, String> values) {
    var all = new TreeMap<>(values);
    if (before.containsKey(TOPIC)) {
      all.put(TOPIC, before.get(TOPIC));
    }
    return all;
  }

  @Override
  public Entry write(Checkpoint checkpoint) {
    Optional<KafkaTopic> topic = source.topic();
    if (topic.isEmpty()) {
      return store.write(checkpoint);
    }
    var values = new TreeMap<>(checkpoint.values());
    values.put(TOPIC, topic.get().text());
    return store.write(checkpoint.withValues(values));
  }

  @Override
  public Optional<Checkpoint> newest(Consumer<String> passedOver) {
    Optional<Checkpoint> newest = store.newest(passedOver);
    newest.ifPresent(checkpoint -> tell(source, checkpoint));
    return newest;
  }

  @Override
  public void markBest(String name) {
    store.markBest(name);
  }

  @Override
  public Optional<String> best() {
    return store.best();
  }

  @Override
  public List<Entry> list() {
    return store.list();
  }

  @Override
  public Checkpoint read(String name) {
    return store.read(name);
  }
}
