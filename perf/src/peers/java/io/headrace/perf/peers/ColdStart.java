package io.headrace.perf.peers;

import java.util.ArrayList;
import java.util.List;

/**
 * How a trainer that was never called comes up to speed.
 *
 * @param firstStep seconds of the first step
 * @param steady seconds until a window of a quarter second was as fast as 95 % of the median of the
 *     last second and a half
 * @param samplesPerSecond that median
 */
record ColdStart(double firstStep, double steady, double samplesPerSecond) {
  private static final double WINDOW_SECONDS = 0.25;
  private static final int LAST_WINDOWS = 6;
  private static final double STEADY = 0.95;

  private record Window(double endSeconds, double samplesPerSecond) {}

  static ColdStart of(Stepper stepper, double seconds) {
    var windows = new ArrayList<Window>();
    long start = System.nanoTime();
    stepper.step(0);
    double first = (System.nanoTime() - start) / 1e9;
    double now = first;
    int steps = 1;
    while (now < seconds || windows.size() < LAST_WINDOWS) {
      double from = now;
      int before = steps;
      while (now < from + WINDOW_SECONDS) {
        stepper.step(steps++);
        now = (System.nanoTime() - start) / 1e9;
      }
      windows.add(new Window(now, (steps - before) * Net.BATCH / (now - from)));
    }
    double speed = steadySpeed(windows);
    double steady =
        windows.stream()
            .filter(window -> window.samplesPerSecond >= STEADY * speed)
            .mapToDouble(Window::endSeconds)
            .findFirst()
            .orElse(now);
    return new ColdStart(first, steady, speed);
  }

  private static double steadySpeed(List<Window> windows) {
    return Speeds.median(
        windows.subList(windows.size() - LAST_WINDOWS, windows.size()).stream()
            .map(Window::samplesPerSecond)
            .toList());
  }

  @Override
  public String toString() {
    return "first step %.2f s, steady after %.1f s at %,.0f samples/s"
        .formatted(firstStep, steady, samplesPerSecond);
  }
}
