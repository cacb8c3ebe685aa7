package io.headrace.perf.peers;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.Trainer;
import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What accuracy PyTorch reaches on CIFAR-10 with the reference recipe, for ours to be compared
 * with: the reference network from our first weights, 50,000 images in a new order each epoch,
 * normalised by 0.5 and 0.5, batches of 64, Adam at 0.001, in 32-bit floats.
 */
public final class AccuracyRig {
  private static final List<String> TRAINING =
      IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_" + i + ".bin").toList();
  private static final List<String> TEST = List.of("test_batch.bin");
  private static final int TEST_BATCH = 500;

  private final CifarImages training;
  private final CifarImages test;
  private final int epochs;

  private AccuracyRig(Path data, int epochs) throws IOException {
    this.training = CifarImages.read(data, TRAINING);
    this.test = CifarImages.read(data, TEST);
    this.epochs = epochs;
  }

  public static void main(String[] arguments) throws IOException {
    Path data = Path.of("data");
    var seeds = List.of(1L, 2L, 3L);
    int epochs = 10;
    for (int i = 0; i < arguments.length; i += 2) {
      String value = i + 1 < arguments.length ? arguments[i + 1] : "";
      switch (arguments[i]) {
        case "--data" -> data = Path.of(value);
        case "--seeds" -> seeds = Arrays.stream(value.split(",", -1)).map(Long::valueOf).toList();
        case "--epochs" -> epochs = Integer.parseInt(value);
        case "--threads" -> torch.set_num_threads(Integer.parseInt(value));
        default ->
            throw new HeadraceException(
                arguments[i]
                    + " is not known. Use --data DIR --seeds 1,2,3 --epochs N --threads N.");
      }
    }
    var rig = new AccuracyRig(data, epochs);
    var accuracies = new ArrayList<Double>();
    for (long seed : seeds) {
      accuracies.add(rig.accuracy(seed));
    }
    System.out.printf(
        "PyTorch, mean of %d seeds: %.2f %%%n",
        accuracies.size(),
        100 * accuracies.stream().mapToDouble(Double::doubleValue).average().orElseThrow());
    System.exit(0); // libtorch keeps threads
  }

  private double accuracy(long seed) {
    var weights = new TorchWeights(firstWeights(seed), true);
    var adam = new FusedAdam(weights.learned(), Net.RATE);
    var random = new Random(seed);
    int[] order = IntStream.range(0, training.count()).toArray();
    for (int epoch = 1; epoch <= epochs; epoch++) {
      long start = System.nanoTime();
      shuffle(order, random);
      double loss = epoch(weights, adam, order);
      System.out.printf(
          "seed %d, epoch %d: training loss %.4f, test accuracy %.2f %%, %.0f s%n",
          seed, epoch, loss, 100 * testAccuracy(weights), (System.nanoTime() - start) / 1e9);
    }
    return testAccuracy(weights);
  }

  private static Checkpoint firstWeights(long seed) {
    try (var trainer = new Trainer(Nets.CNN.model(seed), 1)) {
      return trainer.snapshot("accuracy", 0);
    }
  }

  /** Trains on every image once and gives the mean loss. */
  private double epoch(TorchWeights weights, FusedAdam adam, int[] order) {
    double sum = 0;
    for (int from = 0; from < order.length; from += Net.BATCH) {
      int to = Math.min(order.length, from + Net.BATCH);
      try (var _ = new PointerScope()) {
        Tensor scores = Nets.CNN.forward().scores(training.inputs(order, from, to), weights);
        Tensor loss = torch.cross_entropy_loss(scores, training.labels(order, from, to));
        loss.backward();
        adam.step();
        sum += loss.item_float() * (double) (to - from);
      }
    }
    return sum / order.length;
  }

  private double testAccuracy(TorchWeights weights) {
    int[] order = IntStream.range(0, test.count()).toArray();
    long right = 0;
    for (int from = 0; from < order.length; from += TEST_BATCH) {
      try (var _ = new PointerScope();
          var _ = new NoGradGuard()) {
        Tensor scores =
            Nets.CNN.forward().scores(test.inputs(order, from, from + TEST_BATCH), weights);
        Tensor best = scores.max(1).get1();
        right += best.eq(test.labels(order, from, from + TEST_BATCH)).sum().item_long();
      }
    }
    return right / (double) order.length;
  }

  /** Fisher and Yates. */
  private static void shuffle(int[] order, Random random) {
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
  }
}
