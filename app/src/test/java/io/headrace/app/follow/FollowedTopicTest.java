package io.headrace.app.follow;

import static io.headrace.app.follow.TrainedElsewhere.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.http.Exposure;
import io.headrace.app.http.HttpService;
import io.headrace.app.http.JobState;
import io.headrace.app.http.JobStatus;
import io.headrace.app.http.ServedJob;
import io.headrace.pipeline.serve.Prediction;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.WholeTopic;
import io.headrace.sink.kafka.AnnouncementSignature;
import io.headrace.sink.seal.EncryptionSettings;
import io.headrace.sink.seal.KeySetFile;
import io.headrace.sink.seal.SigningKeys;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that follow what a topic announces. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FollowedTopicTest {
  private static final Follower.Options OPTIONS =
      new Follower.Options(Optional.empty(), Duration.ofHours(1), false, Optional.empty());

  @TempDir private Path folder;

  private static String announced(EmbeddedBroker broker) {
    return "checkpoints.announce={topic: models, bootstrap: '%s'}"
        .formatted(broker.bootstrapServers());
  }

  private static JobStatus.Following following(ServedJob served) {
    return Objects.requireNonNull(served.status().status().following());
  }

  private static void garble(Path file) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
  }

  private static int status(HttpService service, String path) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(service.uri().resolve(path)).build(),
              BodyHandlers.discarding())
          .statusCode();
    }
  }

  private static HttpResponse<String> predict(URI service) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(service.resolve("/api/v1/predict"))
              .POST(BodyPublishers.ofString("{\"a\":3}"))
              .header("Content-Type", "application/json")
              .build(),
          BodyHandlers.ofString());
    }
  }

  @Test
  void servesTheNewestSoundModelOfItsJobAsTheTrainerWould() throws Exception {
    try (var broker = EmbeddedBroker.start(folder.resolve("broker"), 0)) {
      String announced = announced(broker);
      try (var one = TrainedElsewhere.start(folder, "one", 2, announced);
          var two = TrainedElsewhere.start(folder, "two", -3, announced);
          var follower = Follower.start(one.job, OPTIONS);
          var service = HttpService.start(Exposure.local(0), follower.served())) {
        ServedJob served = follower.served();
        assertThat(served.status().status().job().state()).isEqualTo(JobState.STARTING);
        assertThat(status(service, "/health/liveness")).isEqualTo(200);
        assertThat(status(service, "/health/readiness")).as("not without a model").isEqualTo(503);
        assertThat(predict(service.uri()).statusCode()).isEqualTo(503);

        CheckpointStore.Entry first = one.learn(200);
        two.learn(1_000);
        one.assertFollowedBy(served, first);
        float[] atFirst = one.predicted(first.step()).outputs();
        assertThat(status(service, "/health/readiness")).isEqualTo(200);
        assertThat(predict(service.uri()).body()).contains("\"step\":" + first.step());
        try (var other = Follower.start(two.job, OPTIONS)) {
          two.assertFollowedBy(other.served(), two.learn(100));
        }

        assertThat(served.control().pause()).isTrue();
        CheckpointStore.Entry damaged = one.learn(200);
        garble(one.file(damaged));
        await(() -> Optional.ofNullable(following(served).lagSamples()).orElse(0L) > 0);
        assertThat(served.control().resume()).isTrue();
        await(() -> following(served).failures() > 0);
        assertThat(following(served).lagSeconds()).isPositive();
        assertThat(follower.line())
            .contains("serves step " + first.step(), damaged.name() + " could not be taken")
            .contains("SHA-256");
        assertThat(((Prediction.Made) TrainedElsewhere.ask(served)).step()).isEqualTo(first.step());

        one.assertFollowedBy(served, one.learn(100));
        assertThat(following(served).lagSeconds()).isZero();
        one.run.restore(first.name()); // and learns on at once, without a checkpoint yet
        await(
            () ->
                TrainedElsewhere.ask(served) instanceof Prediction.Made made
                    && made.step() == first.step());
        assertThat(((Prediction.Made) TrainedElsewhere.ask(served)).outputs())
            .containsExactly(atFirst);
        assertThat(served.events()).extracting(JobStatus.Event::code).contains("model-failed");
      }
    }
  }

  @Test
  void goesOnWhileTheBrokersAreAwayAndPassesOverWhatIsNoAnnouncement() throws Exception {
    var broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    int port = broker.port();
    try (var trained = TrainedElsewhere.start(folder, "one", 2, announced(broker));
        var follower = Follower.start(trained.job, OPTIONS)) {
      ServedJob served = follower.served();
      trained.assertFollowedBy(served, trained.learn(200));
      broker.close();
      CheckpointStore.Entry newer = trained.learn(100);
      await(() -> !following(served).sourceUp());
      assertThat(TrainedElsewhere.ask(served)).isInstanceOf(Prediction.Made.class);

      broker = EmbeddedBroker.start(folder.resolve("broker"), port);
      trained.assertFollowedBy(served, newer);
      assertThat(following(served).sourceUp()).isTrue();
      assertThat(served.events()).extracting(JobStatus.Event::code).contains("no-news");

      try (var producer =
          new KafkaProducer<>(
              Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
              new StringSerializer(),
              new ByteArraySerializer())) {
        var _ = producer.send(new ProducerRecord<>("models", "one", new byte[] {1, 2, 3})).get();
      }
      trained.assertFollowedBy(served, trained.learn(100));
      assertThat(served.events())
          .extracting(JobStatus.Event::code)
          .contains("announcement-unreadable");
    } finally {
      broker.close();
    }
  }

  @Test
  void followsNothingThatTheJobDidNotSignOrSignedBefore() throws Exception {
    Path ours = keys("ours");
    Path theirs = keys("theirs");
    new KeySetFile(settings(ours)).writePublic(folder.resolve("public"));
    try (var broker = EmbeddedBroker.start(folder.resolve("broker"), 0)) {
      String signed = announced(broker).replace("}", ", sign: '" + ours + "'}");
      var options =
          new Follower.Options(
              Optional.empty(), OPTIONS.poll(), false, Optional.of(folder.resolve("public")));
      try (var one = TrainedElsewhere.start(folder, "one", 2, signed);
          var follower = Follower.start(one.job, options)) {
        ServedJob served = follower.served();
        one.assertFollowedBy(served, one.learn(100));
        CheckpointStore.Entry newest = one.learn(100);
        one.assertFollowedBy(served, newest);
        List<ConsumerRecord<String, byte[]>> said = said(broker);
        assertThat(said).hasSize(2);
        byte[] value = said.get(1).value();
        byte[] changed = value.clone();
        changed[changed.length - 1] ^= 1;
        byte[] signature = signature(said.get(1));

        send(broker, value, null);
        send(
            broker,
            value,
            AnnouncementSignature.of("one", value, SigningKeys.open(settings(theirs))));
        send(broker, changed, signature);
        send(broker, said.get(0).value(), signature(said.get(0)));
        await(
            () -> following(served).announcementsRefused().values().stream().allMatch(n -> n == 1));
        assertThat(following(served).announcementsRefused())
            .containsOnlyKeys("unsigned", "other-key", "tampered", "replayed");
        assertThat(served.events())
            .extracting(JobStatus.Event::code)
            .contains(
                "announcement-unsigned",
                "announcement-other-key",
                "announcement-tampered",
                "announcement-replayed");
        assertThat(((Prediction.Made) TrainedElsewhere.ask(served)).step())
            .isEqualTo(newest.step());
        assertThat(following(served).refused()).isZero();
        try (var late = Follower.start(one.job, options)) { // which finds a replay as the last word
          one.assertFollowedBy(late.served(), newest);
          await(() -> following(late.served()).announcementsRefused().containsValue(1L));
        }
        one.assertFollowedBy(served, one.learn(100));
      }
      assertThatThrownBy(() -> Follower.start(TrainedElsewhere.job(folder, "one"), options))
          .hasMessageContaining("announces nothing that could be signed");
    }
  }

  private static EncryptionSettings settings(Path keys) {
    return new EncryptionSettings(keys.toString(), Optional.empty(), Optional.empty());
  }

  private Path keys(String name) {
    Path file = folder.resolve(name);
    new KeySetFile(settings(file)).createForSigning();
    return file;
  }

  private static byte[] signature(ConsumerRecord<String, byte[]> message) {
    return message.headers().lastHeader(AnnouncementSignature.HEADER).value();
  }

  private static List<ConsumerRecord<String, byte[]>> said(EmbeddedBroker broker) {
    return WholeTopic.read(broker.bootstrapServers(), "models", new StringDeserializer());
  }

  private static void send(EmbeddedBroker broker, byte[] value, byte @Nullable [] signature)
      throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      var message = new ProducerRecord<>("models", "one", value);
      if (signature != null) {
        message.headers().add(AnnouncementSignature.HEADER, signature);
      }
      var _ = producer.send(message).get();
    }
  }
}
