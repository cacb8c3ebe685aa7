package io.headrace.perf.peers;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.sample.MiniBatch;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** PyTorch's contestants for one network: checked for their answers, tuned by measurement. */
final class TorchField {
  private static final int CHECKED_STEPS = 5;
  private static final double FP32_TOLERANCE = 1e-4;
  private static final double BF16_TOLERANCE = 0.05;
  private static final double TRIAL_SECONDS = 0.7;

  private final Net net;
  private final Checkpoint first;
  private final TorchBatches contiguous;
  private final TorchBatches channelsLast;

  TorchField(Net net, Checkpoint first, List<MiniBatch> batches) {
    this.net = net;
    this.first = first;
    this.contiguous = TorchBatches.of(net, batches, false);
    this.channelsLast = net.images() ? TorchBatches.of(net, batches, true) : contiguous;
  }

  /** Ends the rig if a few steps of PyTorch and of ours do not give the same losses. */
  void compare(List<EngineStepper> engines) {
    double[] expected = losses(stepper(Side.FP32, false, 1));
    for (EngineStepper engine : engines) {
      require("ours", losses(engine), expected, FP32_TOLERANCE);
    }
    if (net.images()) {
      require("channels-last", losses(stepper(Side.FP32, true, 1)), expected, FP32_TOLERANCE);
    }
    require("bf16", losses(stepper(Side.BF16, true, 1)), expected, BF16_TOLERANCE);
  }

  private static double[] losses(Stepper stepper) {
    stepper.reset();
    double[] losses = new double[CHECKED_STEPS];
    for (int step = 0; step < CHECKED_STEPS; step++) {
      losses[step] = stepper.step(step);
    }
    return losses;
  }

  private static void require(String who, double[] actual, double[] expected, double tolerance) {
    double worst = 0;
    for (int step = 0; step < CHECKED_STEPS; step++) {
      worst = Math.max(worst, Math.abs(actual[step] - expected[step]) / expected[step]);
    }
    System.out.printf(
        "losses of %d steps, %s against PyTorch fp32: within %.1e%n", CHECKED_STEPS, who, worst);
    if (!(worst <= tolerance)) {
      throw new IllegalStateException(
          "step %d: %s has the loss %s, PyTorch fp32 %s"
              .formatted(
                  CHECKED_STEPS, who, actual[CHECKED_STEPS - 1], expected[CHECKED_STEPS - 1]));
    }
  }

  /** The faster of the layouts that the network can have. */
  Contestant fastest(Side side, int threads) {
    if (!net.images()) {
      return new SteppedContestant(side, threads, stepper(side, false, threads));
    }
    return Stream.of(true, false)
        .map(last -> trial(side, last, threads))
        .max(Comparator.comparingDouble(Trial::speed))
        .orElseThrow()
        .contestant();
  }

  private record Trial(Contestant contestant, double speed) {}

  private Trial trial(Side side, boolean last, int threads) {
    var contestant = new SteppedContestant(side, threads, stepper(side, last, threads));
    double speed = contestant.samplesPerSecond(TRIAL_SECONDS);
    System.out.printf(
        "trial, %s/%d, %s: %,.0f%n", side, threads, last ? "channels-last" : "contiguous", speed);
    return new Trial(contestant, speed);
  }

  private TorchStepper stepper(Side side, boolean last, int threads) {
    var tuning = new TorchStepper.Tuning(side == Side.BF16, last, threads);
    return new TorchStepper(net, first, last ? channelsLast : contiguous, tuning);
  }
}
