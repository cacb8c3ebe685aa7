package io.headrace.perf.peers;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.sample.MiniBatch;
import java.util.List;

/** PyTorch's contestants for one network: checked for their answers, tuned by measurement. */
final class TorchField {
  private static final int CHECKED_STEPS = 5;
  private static final double FP32_TOLERANCE = 1e-4;
  private static final double BF16_TOLERANCE = 0.05;
  private static final int TRIALS = 3;
  private static final double TRIAL_SECONDS = 0.3;

  private final Net net;
  private final Checkpoint first;
  private final TorchBatches plainBatches;
  private final TorchBatches imageBatches;
  private final boolean hasBf16;

  TorchField(Net net, Checkpoint first, List<MiniBatch> batches) {
    this.net = net;
    this.first = first;
    this.plainBatches = TorchBatches.of(net, batches, false);
    this.imageBatches = net.images() ? TorchBatches.of(net, batches, true) : plainBatches;
    this.hasBf16 = tryBf16();
  }

  /** Whether PyTorch can train the network in bf16; some processors lack an operation of it. */
  private boolean tryBf16() {
    Stepper stepper = stepper(Side.BF16, true, 1);
    stepper.reset();
    try {
      stepper.step(0);
      return true;
    } catch (RuntimeException e) { // libtorch has no type of its own for it
      String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      System.out.printf("bf16 left out, PyTorch cannot train with it here: %s%n", message);
      return false;
    }
  }

  /** Which of PyTorch's columns there are. */
  List<Side> sides() {
    return hasBf16 ? List.of(Side.FP32, Side.BF16) : List.of(Side.FP32);
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
    if (hasBf16) {
      require("bf16", losses(stepper(Side.BF16, true, 1)), expected, BF16_TOLERANCE);
    }
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

  /** The faster of the layouts that the network can have, by the best of a few short trials. */
  Contestant fastest(Side side, int threads) {
    var contiguous = new SteppedContestant(side, threads, stepper(side, false, threads));
    if (!net.images()) {
      return contiguous;
    }
    var channelsLast = new SteppedContestant(side, threads, stepper(side, true, threads));
    double contiguousSpeed = 0;
    double channelsLastSpeed = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      contiguousSpeed = Math.max(contiguousSpeed, contiguous.samplesPerSecond(TRIAL_SECONDS));
      channelsLastSpeed = Math.max(channelsLastSpeed, channelsLast.samplesPerSecond(TRIAL_SECONDS));
    }
    System.out.printf(
        "%s/%d: channels-last %,.0f, contiguous %,.0f%n",
        side, threads, channelsLastSpeed, contiguousSpeed);
    return channelsLastSpeed > contiguousSpeed ? channelsLast : contiguous;
  }

  private TorchStepper stepper(Side side, boolean last, int threads) {
    var tuning = new TorchStepper.Tuning(side == Side.BF16, last, threads);
    return new TorchStepper(net, first, last ? imageBatches : plainBatches, tuning);
  }
}
