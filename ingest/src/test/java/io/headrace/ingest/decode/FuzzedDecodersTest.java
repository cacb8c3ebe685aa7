package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleDecoder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damaged records and noise through every decoder. {@code -Dheadrace.fuzz.records=1000000} takes a
 * million of each, {@code -Dheadrace.fuzz.seed} others; the timeout is there to end a hang.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzedDecodersTest {
  private static final int MOST_IN_A_CHUNK = 64;

  private final Random random = new Random(FuzzSettings.SEED);
  private final RecordChunk chunk = new RecordChunk(done -> {});

  static Stream<FuzzSubjects.Subject> everyDecoder() {
    return FuzzSubjects.all();
  }

  @ParameterizedTest
  @MethodSource("everyDecoder")
  void whateverComesIsARowOrRejected(FuzzSubjects.Subject subject) {
    var mutator = new Mutator(random, subject.sound(), subject.words());
    var log = new FuzzLog(subject.name(), subject.bytesPerByte());
    SampleDecoder decoder = subject.decoder().get();
    List<Row> sound = sound(subject.decoder().get(), subject);
    for (int done = 0; done < FuzzSettings.RECORDS; done += chunk.count()) {
      fill(done, mutator);
      log.decode(decoder, subject.mapping(), chunk);
      if (FuzzSubjects.LINES.contains(subject.name())) {
        assertSaysAtWhichByte(log);
      }
      if (done % 64 == 0) {
        assertThat(sound(decoder, subject))
            .as("%s, seed %s", subject, FuzzSettings.SEED)
            .isEqualTo(sound);
      }
    }
    log.finish();
  }

  /** Other reasons name the field. */
  private void assertSaysAtWhichByte(FuzzLog log) {
    for (int i = 0; i < chunk.count(); i++) {
      String rejection = log.rejection(i);
      if (rejection != null && rejection.startsWith("malformed")) {
        assertThat(rejection).containsPattern(" at byte \\d+");
      }
    }
  }

  private void fill(int position, Mutator mutator) {
    chunk.start(Trial.PARTITION, position);
    for (int i = 1 + random.nextInt(MOST_IN_A_CHUNK); i > 0; i--) {
      byte[] record = mutator.next();
      chunk.add(record, 0, record.length, chunk.nextPosition(), 0);
    }
  }

  /** What becomes of sound records, whatever came before them. */
  private static List<Row> sound(SampleDecoder decoder, FuzzSubjects.Subject subject) {
    var trial = new Trial(decoder, subject.mapping());
    subject.sound().forEach(trial::add);
    return trial.rows();
  }

  @Test
  void blocksOfContainersAreRowsOrRejected() {
    var mutator = new Mutator(random, FuzzSubjects.flights(), List.of());
    var log = new FuzzLog("avro container", 200);
    SampleDecoder decoder =
        Decoders.create(DecoderSpec.avro("container", Optional.empty()), Flights.MAPPING);
    for (int done = 0; done < FuzzSettings.RECORDS; done += chunk.count()) {
      byte[][] records = new byte[1 + random.nextInt(MOST_IN_A_CHUNK)][];
      Arrays.setAll(records, i -> FuzzSubjects.flights().get(random.nextInt(3)));
      byte[] block = Flights.joined(records);
      block = random.nextInt(10) == 0 ? block : mutator.damaged(block);
      int count = Math.max(1, records.length + random.nextInt(-2, 3) * random.nextInt(2));
      chunk.start(Trial.PARTITION, done);
      chunk.addRun(block, block.length, count, done, Flights.SCHEMA);
      chunk.skip(random.nextInt(4) == 0 ? random.nextInt(count) : 0);
      log.decode(decoder, Flights.MAPPING, chunk);
    }
    log.finish();
  }

  @Test
  void avroItselfAcceptsWhatWeAccept() {
    Schema schema = Flights.SCHEMA;
    var spec = DecoderSpec.avro("bare", Optional.of(schema));
    compare("bare", FuzzSubjects.flights(), spec, Flights.MAPPING, schema, schema);
  }

  @Test
  void avroItselfResolvesWhatWeResolve() {
    Schema old = EvolvedTrips.OLD;
    Schema upgraded = EvolvedTrips.NEW;
    var spec = DecoderSpec.avro("confluent", Optional.of(upgraded));
    List<byte[]> sound =
        List.of(
            Flights.binary(old, EvolvedTrips.old(700, "BUS", 30)),
            Flights.binary(old, EvolvedTrips.old(-1, "TAXI", 1 << 30)));
    SampleMapping mapping = EvolvedTrips.mapping("kind", "distance", "rain");
    compare("confluent, resolved", sound, spec, mapping, old, upgraded);
  }

  private void compare(
      String name,
      List<byte[]> sound,
      DecoderSpec spec,
      SampleMapping mapping,
      Schema writer,
      Schema reader) {
    boolean framed = spec.framing().equals("confluent");
    var mutator = new Mutator(random, sound, List.of());
    var log = new FuzzLog("avro " + name + ", beside Avro's reader", 200);
    SampleDecoder decoder =
        Decoders.create(spec, mapping, WriterSchemas.of(List.of(), Map.of(1, writer)));
    var twin = new AvroTwin(writer, reader, mapping);
    for (int done = 0; done < FuzzSettings.RECORDS; done += chunk.count()) {
      byte[][] records = new byte[1 + random.nextInt(MOST_IN_A_CHUNK)][];
      chunk.start(Trial.PARTITION, done);
      for (int i = 0; i < records.length; i++) {
        records[i] = mutator.next();
        byte[] record = framed ? Flights.confluent(1, records[i]) : records[i];
        chunk.add(record, 0, record.length, done + i, 1000);
      }
      SampleBlock block = log.decode(decoder, mapping, chunk);
      List<Row> rows = Row.all(block);
      int next = 0;
      for (int i = 0; i < records.length; i++) {
        String rejection = log.rejection(i);
        Row row = rejection == null ? rows.get(next++) : null;
        twin.compare(records[i], row, rejection, done + i);
      }
    }
    log.finish();
    twin.requireAllKinds();
  }
}
