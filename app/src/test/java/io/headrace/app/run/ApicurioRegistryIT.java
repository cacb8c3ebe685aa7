package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Topics;
import io.headrace.ingest.decode.EvolvedTrips;
import io.headrace.ingest.registry.SchemaRegistry;
import io.headrace.pipeline.job.JobRun;
import io.headrace.schemas.RejectedSample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job whose schemas are in a real registry, which comes late, is killed, and asks who we are. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class ApicurioRegistryIT {
  private static final long SEED = 20262;
  private static final int PART = 1_000;

  @TempDir private static Path folder;

  private final Trips trips = new Trips(SEED);
  private final Random random = new Random(SEED);

  @SuppressWarnings("NullAway.Init") // by start
  private EmbeddedBroker broker;

  @SuppressWarnings("NullAway.Init") // by start
  private ApicurioRegistry registry;

  @SuppressWarnings("NullAway.Init") // by start
  private RegistryGate gate;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    registry = ApicurioRegistry.orSkip();
    gate = new RegistryGate(registry.url());
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
  }

  @AfterAll
  void stop() {
    if (broker != null) {
      broker.close();
      gate.close();
      registry.close();
    }
  }

  private TripsJob job(String topic, String url) throws IOException {
    try (var admin =
        new Topics(
            Map.of("bootstrap.servers", broker.bootstrapServers()), Duration.ofSeconds(30))) {
      admin.createIfMissing(topic, 1);
    }
    return new TripsJob(
        folder.resolve(topic), broker, topic, url, EvolvedTrips.NEW, "kind, distance, rain");
  }

  private List<byte[]> part(Supplier<byte[]> one, Supplier<byte[]> other) {
    var records = new ArrayList<byte[]>();
    for (int i = 0; i < PART; i++) {
      records.add(random.nextBoolean() ? one.get() : other.get());
    }
    return records;
  }

  @Test
  void theRegistryMayComeLateAndBeKilledWhileAProducerUpgrades() throws Exception {
    TripsJob job = job("trips", gate.url());
    // A registry that was just made gives these ids.
    Supplier<byte[]> old = () -> trips.old(1);
    Supplier<byte[]> upgraded = () -> trips.upgraded(2);
    Supplier<byte[]> again = () -> trips.upgraded(3);
    String live;
    try (JobRun run = job.start("live", OptionalLong.of(3 * PART))) {
      job.send(part(old, old));
      TripsJob.await(() -> job.alerts().size() == 1);
      registry.start();
      register();
      gate.open();
      TripsJob.await(() -> run.status().ledger().trained() == PART);

      job.send(List.of(trips.old(77)));
      job.send(part(old, upgraded));
      TripsJob.await(() -> run.status().ledger().trained() == 2 * PART);

      gate.shut();
      registry.kill();
      job.send(part(upgraded, again));
      TripsJob.await(() -> job.alerts().size() == 2);
      registry.start();
      register();
      gate.open();
      live = TripsJob.finish(run, 3 * PART + 1, 3 * PART);
    }
    assertThat(job.alerts())
        .allMatch(alert -> alert.startsWith("schema-registry: the schema registry at"));
    assertThat(job.rejected("live"))
        .singleElement()
        .extracting(RejectedSample::getDetail)
        .isEqualTo(
            "the record was written in the schema of id 77; the schema registry at %s has none: Schema 77 not found."
                .formatted(gate.url()));

    String whole =
        job.with("source.kafka.stop-at-end=true")
            .finish("whole", OptionalLong.empty(), 3 * PART + 1, 3 * PART);
    assertThat(whole).as("seed %s", SEED).isEqualTo(live);
    askWithCredentials();
  }

  private void register() {
    SchemaRegistry client = registry.client();
    assertThat(client.register("trips-value", EvolvedTrips.OLD)).isEqualTo(1);
    assertThat(client.register("trips-value", EvolvedTrips.NEW)).isEqualTo(2);
    assertThat(client.register("other-value", Trips.renamed("Journey"))).isEqualTo(3);
    assertThat(client.register("trips-value", EvolvedTrips.OLD)).isEqualTo(1);
  }

  /** Reading waits while the password is wrong, and goes on when its file says the right one. */
  private void askWithCredentials() throws Exception {
    byte[] pair = "ann:sesame".getBytes(StandardCharsets.UTF_8);
    gate.require("Basic " + Base64.getEncoder().encodeToString(pair));
    Path secret = Files.writeString(folder.resolve("secret"), "open\n");
    TripsJob job =
        job("guarded", gate.url())
            .with("source.kafka.registry.user=ann")
            .with("source.kafka.registry.secret=file:" + secret);
    try (JobRun run = job.start("live", OptionalLong.of(PART))) {
      job.send(part(() -> trips.old(1), () -> trips.upgraded(2)));
      TripsJob.await(() -> !job.alerts().isEmpty());
      assertThat(gate.refused()).isPositive();
      assertThat(run.status().ledger().read()).isZero();
      Files.writeString(secret, "sesame\n");
      TripsJob.finish(run, PART, PART);
    }
    assertThat(job.alerts())
        .singleElement()
        .asString()
        .contains("HTTP status 401: correct registry.user and registry.secret")
        .doesNotContain("open");
  }
}
