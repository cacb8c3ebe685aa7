package io.headrace.ingest.kafka;

import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.SampleSourceContract;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;

/** The contract of sources, kept by a topic of three partitions. */
class KafkaSampleSourceContractTest extends SampleSourceContract {
  private static final int PARTITIONS = 3;
  private static final int RECORDS = 60;
  private static String topic = "";

  @BeforeAll
  static void fillTopic() {
    TestBroker broker = TestBroker.shared();
    topic = broker.newTopic(PARTITIONS);
    for (int p = 0; p < PARTITIONS; p++) {
      broker.send(topic, p, 0, RECORDS);
    }
  }

  @Override
  protected SampleSource source() {
    return new KafkaSettingsBuilder(topic, TestBroker.shared().bootstrap())
        .chunkRows(7)
        .stopAtEnd()
        .property("max.poll.records", 25)
        .source();
  }

  @Override
  protected SortedMap<SourcePartition, List<Seen>> expected() {
    var expected = new TreeMap<SourcePartition, List<Seen>>();
    for (int p = 0; p < PARTITIONS; p++) {
      int partition = p;
      expected.put(
          new SourcePartition(topic, p),
          numbered(
              IntStream.range(0, RECORDS).mapToObj(i -> TestBroker.text(partition, i)).toList()));
    }
    return expected;
  }

  @Override
  protected int outstanding(SampleSource source) {
    return ((KafkaSampleSource) source).chunksOutstanding();
  }
}
