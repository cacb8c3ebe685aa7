package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.kafka.KafkaSampleSource;
import io.headrace.ingest.kafka.KafkaTopic;
import io.headrace.sink.CheckpointStore;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A store's checkpoints with the topic that their positions are of: written into each, and told to
 * the source before it goes on from one.
 */
final class TopicCheckpoints extends ForwardingStore {
  /** Value of a checkpoint: {@link KafkaTopic#text}. */
  static final String TOPIC = "source.kafka-topic";

  private final KafkaSampleSource source;

  private TopicCheckpoints(KafkaSampleSource source, CheckpointStore store) {
    super(store);
    this.source = source;
  }

  /** The checkpoints of a job that reads {@code source}. */
  static CheckpointStore of(SampleSource source, CheckpointStore store) {
    return JobSources.topic(source)
        .<CheckpointStore>map(kafka -> new TopicCheckpoints(kafka, store))
        .orElse(store);
  }

  /** Tells a source which topic the positions of a checkpoint are of. */
  static void tell(SampleSource source, Checkpoint checkpoint) {
    String topic = checkpoint.values().get(TOPIC);
    if (topic != null) {
      JobSources.topic(source).ifPresent(kafka -> kafka.goOnIn(KafkaTopic.parse(topic)));
    }
  }

  @Override
  public Entry write(Checkpoint checkpoint) {
    Optional<KafkaTopic> topic = source.topic();
    if (topic.isEmpty()) {
      return super.write(checkpoint);
    }
    var values = new TreeMap<>(checkpoint.values());
    values.put(TOPIC, topic.get().text());
    return super.write(checkpoint.withValues(values));
  }

  @Override
  public Optional<Checkpoint> newest(Consumer<String> passedOver) {
    Optional<Checkpoint> newest = super.newest(passedOver);
    newest.ifPresent(checkpoint -> tell(source, checkpoint));
    return newest;
  }
}
