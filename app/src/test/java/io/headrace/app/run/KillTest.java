package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.FLIGHTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.CommandLineRun;
import io.headrace.app.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that is killed at random moments, with no chance to tidy up, and started again until it
 * is through. {@code -Dheadrace.kills=200} is the long form, {@code -Dheadrace.seed} another seed.
 */
class KillTest {
  private static final int KILLS = Integer.getInteger("headrace.kills", 10);
  private static final long SEED = Long.getLong("headrace.seed", 20260101);
  private static final long FLIGHTS_IN_FILE = 300_000;

  @TempDir private Path folder;

  @Test
  void aFileInShuffledEpochs() throws Exception {
    var life =
        KilledLife.ofFlights(
            folder,
            FLIGHTS.resolve("job.yaml"),
            List.of("epochs=3", "shuffle.buffer=130000", "checkpoints.every-samples=30000"));
    assertEndsAsUninterrupted(life, (KILLS + 1) / 3, 3 * FLIGHTS_IN_FILE, 1);
  }

  /** Rows that are behind catch up, and borders are drawn, where the killed run would have. */
  @Test
  void aFileWithLazyRowsAndBucketsThatAreLearned() throws Exception {
    var life =
        KilledLife.ofFlights(
            folder,
            FLIGHTS.resolve("job.yaml"),
            List.of(
                "optimizer={adagrad: {learning-rate: 0.1, weight-decay: 1e-5, lazy: exact}}",
                "engine.update=batch",
                "sample.inputs.features.sparse.scale={}",
                "sample.inputs.features.sparse.bucket={distance: {quantiles: 32, warm-up: 200000}}",
                "checkpoints.every-samples=20000"));
    assertEndsAsUninterrupted(life, KILLS / 4, FLIGHTS_IN_FILE, 1);
  }

  /** What is drawn at random depends on seed, position and step alone. */
  @Test
  void aFileOfImagesWithAugmentationAndDropout() throws Exception {
    byte[] images = new byte[2_000 * 3073];
    var random = new Random(SEED);
    random.nextBytes(images);
    for (int i = 0; i < images.length; i += 3073) {
      images[i] = (byte) random.nextInt(10);
    }
    Files.write(folder.resolve("images.bin"), images);
    Path job =
        Files.writeString(
            folder.resolve("images.yaml"),
            """
            name: images
            source: {file: {path: images.bin, format: cifar10}}
            sample:
              label: {classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]}
              inputs: {image: {image: {shape: [32, 32, 3]}}}
            transforms:
              - random-crop: {input: image}
              - horizontal-flip: {input: image}
              - cutout: {input: image, size: 8}
              - normalize: {input: image, mean: 0.5, deviation: 0.5}
            model: [avg-pool: {size: 4}, flatten, dropout: {rate: 0.2}, dense: {units: 16}, batch-norm, relu, dropout: {rate: 0.5}, dense: {units: 10}]
            loss: softmax
            optimizer: {adam: {}}
            batch: {size: 50}
            epochs: 4
            shuffle: {buffer: 700}
            checkpoints: {every-samples: 500}
            metrics: {window-samples: 500}
            """);
    assertEndsAsUninterrupted(new KilledLife(folder, job, List.of()), KILLS / 4, 8_000, 1);
  }

  @Test
  void onePartition() throws Exception {
    try (var broker = EmbeddedBroker.start(folder.resolve("broker"), 0)) {
      assertEndsAsUninterrupted(fromTopic(broker, 1), KILLS / 3, FLIGHTS_IN_FILE, 1);
    }
  }

  /**
   * Partitions come in an order of their own in each run: what the killed one must be equal to is
   * an uninterrupted run over the batches that it recorded.
   */
  @Test
  void fourPartitionsWithTheJournal() throws Exception {
    try (var broker = EmbeddedBroker.start(folder.resolve("broker"), 0)) {
      KilledLife life = fromTopic(broker, 4);
      var random = new Random(SEED);
      for (int killed = 0, round = 0; killed < (KILLS + 2) / 3; round++) {
        String name = "killed-" + round;
        int now = life.live(name, random, (KILLS + 2) / 3 - killed);
        killed += now;
        JsonNode report = life.finish(name);
        assertAccount(name, life, report, FLIGHTS_IN_FILE, 4);
        assertThat(life.replay(name))
            .as("seed %d", SEED)
            .contains("the same, and so are the rest of the state and the ledger")
            .contains(report.path("parametersSha256").asText());
        told("four partitions", killed, round);
      }
    }
  }

  private void assertEndsAsUninterrupted(KilledLife life, int kills, long samples, int partitions)
      throws Exception {
    JsonNode whole = life.finish("whole");
    var random = new Random(SEED);
    for (int killed = 0, round = 0; killed < kills; round++) {
      String name = "killed-" + round;
      killed += life.live(name, random, kills - killed);
      JsonNode resumed = life.finish(name);
      assertThat(resumed.path("parametersSha256"))
          .as("seed %d, %s", SEED, name)
          .isEqualTo(whole.path("parametersSha256"));
      assertThat(resumed.path("metrics")).isEqualTo(whole.path("metrics"));
      assertAccount(name, life, resumed, samples, partitions);
      told(life.job().getFileName().toString(), killed, round);
    }
  }

  /** Nothing lost, nothing twice: in the sums, and from the first position of each partition on. */
  private static void assertAccount(
      String name, KilledLife life, JsonNode report, long samples, int partitions)
      throws IOException {
    assertThat(report.path("samplesRead").asLong()).isEqualTo(samples);
    assertThat(report.path("samplesTrained").asLong()).isEqualTo(samples);
    JsonNode ranges = new ObjectMapper().readTree(life.show(name).out()).path("partitions");
    assertThat(ranges).hasSize(partitions);
    for (JsonNode range : ranges) {
      assertThat(range.path("from").asLong(-1)).isZero();
      if (partitions > 1) {
        assertThat(range.path("read")).isEqualTo(range.path("next"));
        assertThat(range.path("read").asLong())
            .as("the producer serves the partitions in turn")
            .isEqualTo(samples / partitions);
      }
    }
  }

  @SuppressWarnings("SystemOut") // the long form takes a while
  private static void told(String what, int killed, int round) {
    System.out.printf("%s: %d kills in %d lives, seed %d%n", what, killed, round + 1, SEED);
  }

  private KilledLife fromTopic(EmbeddedBroker broker, int partitions) {
    CommandLineRun.of(
            "produce",
            "--topic",
            "flights",
            "--from",
            FLIGHTS.resolve("flights.avro"),
            "--partitions",
            partitions,
            "--bootstrap",
            broker.bootstrapServers())
        .mustSucceed();
    return KilledLife.ofFlights(
        folder,
        FLIGHTS.resolve("job-kafka.yaml"),
        List.of(
            "source.kafka.bootstrap=" + broker.bootstrapServers(),
            "source.kafka.stop-at-end=true",
            "checkpoints.every-samples=10000",
            "checkpoints.keep-journal=all",
            "metrics={window-samples: 10000}"));
  }
}
