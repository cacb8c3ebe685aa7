package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.config.Settings;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.file.FileFormat;
import io.headrace.ingest.file.FileLimits;
import io.headrace.ingest.file.FileSampleSource;
import io.headrace.ingest.kafka.KafkaSampleSource;
import io.headrace.ingest.kafka.KafkaSourceSettings;
import io.headrace.ingest.kafka.TestBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A producer that goes over to another schema while its records are read, from files and Kafka. */
class UpgradedProducerTest {
  @TempDir Path folder;

  private static final List<GenericRecord> STREAM =
      List.of(
          EvolvedTrips.old(700, "BUS", 30),
          EvolvedTrips.old(70, "TAXI", 3),
          EvolvedTrips.upgraded(7.5, "TRAM", 0),
          EvolvedTrips.old(7, "BUS", 50), // another instance, not yet upgraded
          EvolvedTrips.upgraded(0.5, "BUS", 2));

  private static final List<List<Float>> NEW_READS =
      List.of(
          Row.floats(1, 700, 0.5f),
          Row.floats(2, 70, 0.5f),
          Row.floats(3, 7.5f, 0),
          Row.floats(1, 7, 0.5f),
          Row.floats(1, 0.5f, 2));

  private static final List<List<Float>> PREPARED_READS =
      List.of(
          Row.floats(1, 700, 30),
          Row.floats(0, 70, 3),
          Row.floats(0, 7.5f, 4),
          Row.floats(1, 7, 50),
          Row.floats(1, 0.5f, 4));

  @Test
  void theStreamGoesOnInFilesOfEitherSchema() throws IOException {
    for (int i = 0; i < STREAM.size(); i++) {
      GenericRecord trip = STREAM.get(i);
      try (var file = new DataFileWriter<>(new GenericDatumWriter<GenericRecord>())) {
        file.create(trip.getSchema(), folder.resolve("trips-" + i + ".avro").toFile());
        file.append(trip);
      }
    }
    var source = new FileSampleSource(folder, "*.avro", new FileFormat.Avro(), FileLimits.DEFAULT);

    assertThat(read(source, "container", EvolvedTrips.NEW, "kind", "distance", "rain"))
        .isEqualTo(NEW_READS);
    assertThat(read(source, "container", EvolvedTrips.PREPARED, "kind", "meters", "seats"))
        .isEqualTo(PREPARED_READS);
  }

  @Test
  void theStreamGoesOnInMessagesOfEitherSchema() throws Exception {
    TestBroker broker = TestBroker.shared();
    String topic = broker.newTopic(1);
    try (var producer = broker.producer(Map.of())) {
      for (GenericRecord trip : STREAM) {
        Schema schema = trip.getSchema();
        byte[] record = Flights.binary(schema, trip);
        int id = schema.equals(EvolvedTrips.OLD) ? 1 : 2;
        producer.send(new ProducerRecord<>(topic, Flights.confluent(id, record))).get();
      }
    }
    var settings =
        Settings.of(
            KafkaSourceSettings.declared(),
            Map.of("topic", topic, "bootstrap", broker.bootstrap(), "stop-at-end", true));
    var source = new KafkaSampleSource(KafkaSourceSettings.of(settings));

    assertThat(read(source, "confluent", EvolvedTrips.NEW, "kind", "distance", "rain"))
        .isEqualTo(NEW_READS);
    assertThat(read(source, "confluent", EvolvedTrips.PREPARED, "kind", "meters", "seats"))
        .isEqualTo(PREPARED_READS);
  }

  private static List<List<Float>> read(
      SampleSource source, String framing, Schema reader, String... fields) {
    SampleMapping mapping = EvolvedTrips.mapping(fields);
    SampleDecoder decoder =
        Decoders.create(
            DecoderSpec.avro(framing, Optional.of(reader)),
            mapping,
            WriterSchemas.of(List.of(), Map.of(1, EvolvedTrips.OLD, 2, EvolvedTrips.NEW)));
    var read = new ArrayList<List<Float>>();
    for (RecordChunk chunk : source.chunks(Positions.START).toIterable()) {
      var block = new SampleBlock(mapping.schema(), Math.max(1, chunk.count()));
      block.start(chunk.partition(), chunk.firstPosition());
      decoder.decode(
          chunk,
          block,
          (from, record, reason, detail) -> {
            throw new AssertionError(record + " " + reason + ": " + detail);
          });
      for (Row row : Row.all(block)) {
        List<Float> values = new ArrayList<>();
        row.inputs().getFirst().forEach(value -> values.add((Float) value));
        read.add(values);
      }
      chunk.release();
    }
    return read;
  }
}
