package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.app.CommandLineRun;
import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Topics;
import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.decode.EvolvedTrips;
import io.headrace.ingest.registry.RegistryStub;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.job.JobRun;
import io.headrace.schemas.RejectedSample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A producer that upgrades, and a registry that comes and goes, while a job trains. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UpgradedProducerRunTest {
  private static final long SEED = 20261;
  private static final int PART = 1_000;
  private static final OptionalLong NEVER = OptionalLong.empty();

  @TempDir private static Path folder;

  private final RegistryStub registry = new RegistryStub();
  private int topics;

  @SuppressWarnings("NullAway.Init") // by start
  private EmbeddedBroker broker;

  @BeforeAll
  void start() {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
  }

  @AfterEach
  void listen() {
    registry.failWith(0);
  }

  @AfterAll
  void stop() {
    broker.close();
    registry.close();
  }

  private TripsJob job(Schema reader, String fields) throws IOException {
    String topic = "trips-" + topics++;
    try (var admin =
        new Topics(
            Map.of("bootstrap.servers", broker.bootstrapServers()), Duration.ofSeconds(30))) {
      admin.createIfMissing(topic, 1);
    }
    return new TripsJob(folder.resolve(topic), broker, topic, registry.url(), reader, fields);
  }

  /** First all instances are old, then they upgrade one by one, and one is rolled back. */
  private static List<byte[]> part(Trips trips, Random random, int old, int upgraded, int percent) {
    var records = new ArrayList<byte[]>();
    for (int i = 0; i < PART; i++) {
      records.add(random.nextInt(100) < percent ? trips.upgraded(upgraded) : trips.old(old));
    }
    return records;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theJobTrainsOnWhileItsProducerUpgrades(boolean newReader) throws Exception {
    TripsJob job =
        newReader
            ? job(EvolvedTrips.NEW, "kind, distance, rain")
            : job(EvolvedTrips.PREPARED, "kind, meters, seats");
    var trips = new Trips(SEED);
    var random = new Random(SEED);
    int old = registry.add(EvolvedTrips.OLD);
    String live;
    try (JobRun run = job.start("live", OptionalLong.of(4 * PART))) {
      job.send(part(trips, random, old, old, 0));
      TripsJob.await(() -> run.status().ledger().trained() == PART);
      int upgraded = registry.add(EvolvedTrips.NEW); // nobody has asked for it so far
      for (int percent : new int[] {20, 80, 99}) {
        job.send(part(trips, random, old, upgraded, percent));
      }
      live = TripsJob.finish(run, 4 * PART, 4 * PART);
    }
    assertThat(job.alerts()).isEmpty();

    job.with("source.kafka.stop-at-end=true");
    assertThat(job.finish("whole", NEVER, 4 * PART, 4 * PART)).as("seed %s", SEED).isEqualTo(live);
    for (long stop : new long[] {PART / 2, PART + 150, 2 * PART + 350}) {
      job.finish("stopped", OptionalLong.of(stop), stop, stop);
    }
    assertThat(job.finish("stopped", NEVER, 4 * PART, 4 * PART)).isEqualTo(live);
  }

  @Test
  void whatDoesNotResolveIsRejectedAndTheRestLearned() throws Exception {
    TripsJob job = job(EvolvedTrips.OLD, "kind, meters").with("source.kafka.stop-at-end=true");
    var trips = new Trips(SEED);
    int old = registry.add(EvolvedTrips.OLD);
    int upgraded = registry.add(EvolvedTrips.NEW);
    List<byte[]> records = part(trips, new Random(SEED), old, upgraded, 30);
    records.set(7, trips.old(9_999));
    long learned = records.stream().filter(record -> record[4] == old).count();
    job.send(records);
    job.finish("whole", NEVER, PART, learned);

    List<RejectedSample> letters = job.rejected("whole");
    assertThat(letters).hasSize(PART - (int) learned);
    assertThat(letters).extracting(RejectedSample::getReason).containsOnly("wrong-schema");
    assertThat(letters)
        .filteredOn(letter -> letter.getPosition() == 7)
        .singleElement()
        .extracting(RejectedSample::getDetail)
        .isEqualTo(
            "the record was written in the schema of id 9999; the schema registry at "
                + registry.url()
                + " has none: Schema not found");
    assertThat(letters)
        .filteredOn(letter -> letter.getPosition() != 7)
        .extracting(RejectedSample::getDetail)
        .allMatch(detail -> detail.contains("schema Trip has no field meters"));
  }

  @Test
  void readingWaitsWhileTheRegistryIsDownAndLosesNothing() throws Exception {
    TripsJob job = job(EvolvedTrips.NEW, "kind, distance, rain");
    var trips = new Trips(SEED);
    var random = new Random(SEED);
    int old = registry.add(EvolvedTrips.OLD);
    int upgraded = registry.add(EvolvedTrips.NEW);
    String live;
    registry.failWith(503);
    try (JobRun run = job.start("live", OptionalLong.of(2 * PART))) {
      job.send(part(trips, random, old, old, 0));
      TripsJob.await(() -> job.alerts().size() == 1);
      assertThat(run.status().ledger().read()).isZero();
      registry.failWith(0);
      TripsJob.await(() -> run.status().ledger().trained() == PART);

      registry.down();
      job.send(part(trips, random, old, upgraded, 50));
      TripsJob.await(() -> job.alerts().size() == 2);
      assertThat(run.status().ledger().read()).isLessThan(2 * PART);
      registry.up();
      live = TripsJob.finish(run, 2 * PART, 2 * PART);
    }
    assertThat(job.alerts().getFirst())
        .startsWith("schema-registry: the schema registry at " + registry.url())
        .contains("answers with HTTP status 503")
        .contains("Reading waits");
    assertThat(job.alerts().getLast()).contains("does not answer");
    job.with("source.kafka.stop-at-end=true");
    assertThat(job.finish("whole", NEVER, 2 * PART, 2 * PART)).isEqualTo(live);
  }

  @Test
  void aRunThatWaitsForTheRegistryCanBeStopped() throws Exception {
    TripsJob job = job(EvolvedTrips.NEW, "kind, distance, rain");
    job.send(part(new Trips(SEED), new Random(SEED), registry.add(EvolvedTrips.OLD), 0, 0));
    registry.failWith(503);
    try (JobRun run = job.start("live", NEVER)) {
      TripsJob.await(() -> !job.alerts().isEmpty());
      run.stop();
      TrainingStatus end = run.await();
      assertThat(end.state()).isEqualTo(TrainingStatus.State.STOPPED);
      assertThat(end.ledger().read()).isZero();
    }
  }

  @Test
  void whatProduceRegistersIsTrained() throws Exception {
    TripsJob job =
        job(EvolvedTrips.NEW, "kind, distance, rain").with("source.kafka.stop-at-end=true");
    Path file = folder.resolve("trips.avro");
    try (var writer = new DataFileWriter<>(new GenericDatumWriter<>())) {
      writer.create(EvolvedTrips.OLD, file.toFile());
      var trips = new Trips(SEED);
      for (int i = 0; i < PART; i++) {
        byte[] framed = trips.old(0);
        writer.appendEncoded(ByteBuffer.wrap(framed, 5, framed.length - 5));
      }
    }
    CommandLineRun sent =
        CommandLineRun.of(
            "produce",
            "--topic",
            job.topic(),
            "--from",
            file,
            "--bootstrap",
            broker.bootstrapServers(),
            "--registry",
            registry.url());
    sent.mustSucceed();
    assertThat(registry.requests()).contains("/api/subjects/" + job.topic() + "-value/versions");
    job.finish("whole", NEVER, PART, PART);
  }

  @Test
  void produceSaysWhatItCannotRegister() {
    CommandLineRun lines =
        CommandLineRun.of("produce", "--topic", "t", "--from", "pom.xml", "--registry", "http://r");
    assertThat(lines.status()).isOne();
    assertThat(lines.err()).contains("pom.xml is not an Avro container (.avro)");
    CommandLineRun secret =
        CommandLineRun.of(
            "produce", "--topic", "t", "--from", "pom.xml", "--registry", "http://ann:sesame@r");
    assertThat(secret.status()).isOne();
    assertThat(secret.err()).contains("--registry has more than host").doesNotContain("sesame");
  }

  @Test
  void aRunFailsFastIfAskedTo() throws Exception {
    TripsJob job =
        job(EvolvedTrips.NEW, "kind, distance, rain")
            .with("source.kafka.fail-fast=true")
            .with("source.kafka.connect-timeout-ms=300");
    job.send(part(new Trips(SEED), new Random(SEED), registry.add(EvolvedTrips.OLD), 0, 0));
    registry.failWith(503);
    try (JobRun run = job.start("live", NEVER)) {
      assertThatThrownBy(run::await)
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining("HTTP status 503")
          .hasMessageContaining("correct source.kafka.registry");
    }
  }
}
