package io.headrace.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes down how long windows and epochs took, up to a number of each: an endless run does not
 * fill the memory with them. Thread-safe.
 */
final class PaceLog {
  private static final int MOST = 10_000;

  private final long startMillis;
  private long epochStartMillis;
  private double[] starts = new double[64];
  private double[] rates = new double[64];
  private int windows;
  private final List<Double> epochSeconds = new ArrayList<>();

  PaceLog(long startMillis) {
    this.startMillis = startMillis;
    this.epochStartMillis = startMillis;
  }

  synchronized void window(long beganMillis, double samplesPerSecond) {
    if (windows == MOST) {
      return;
    }
    if (windows == starts.length) {
      starts = Arrays.copyOf(starts, windows * 2);
      rates = Arrays.copyOf(rates, windows * 2);
    }
    starts[windows] = (beganMillis - startMillis) / 1000.0;
    rates[windows] = samplesPerSecond;
    windows++;
  }

  synchronized void epochEnded(long nowMillis) {
    if (epochSeconds.size() < MOST) {
      epochSeconds.add((nowMillis - epochStartMillis) / 1000.0);
    }
    epochStartMillis = nowMillis;
  }

  synchronized RunPace pace() {
    return new RunPace(RunPace.secondsToSteadySpeed(starts, rates, windows), epochSeconds);
  }
}
