package io.headrace.perf.faults;

import io.headrace.engine.StepResult;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Lets the trainer run, measures how long its steps take, and then makes each take a hundred times
 * as long, until it is let go. The trainer's thread calls; others wait for it and let go.
 */
final class Brake implements Consumer<StepResult> {
  private static final int WARM_STEPS = 2_000;
  private static final int MEASURED_STEPS = 2_000;
  private static final long SLOWER = 100;

  private final CountDownLatch braked = new CountDownLatch(1);
  private final CountDownLatch free = new CountDownLatch(1);
  private long steps;
  private long begunNanos;
  private volatile long nanosPerStep;

  @Override
  public void accept(StepResult step) {
    steps++;
    if (steps == WARM_STEPS) {
      begunNanos = System.nanoTime();
    } else if (steps == WARM_STEPS + MEASURED_STEPS) {
      nanosPerStep = (System.nanoTime() - begunNanos) / MEASURED_STEPS;
      braked.countDown();
    } else if (steps > WARM_STEPS + MEASURED_STEPS && free.getCount() > 0) {
      await(free, (SLOWER - 1) * nanosPerStep);
    }
  }

  /** Returns once the trainer is slow. */
  void awaitBraked() {
    await(braked, TimeUnit.MINUTES.toNanos(5));
  }

  void letGo() {
    free.countDown();
  }

  /** What a step took at full speed. */
  long nanosPerStep() {
    return nanosPerStep;
  }

  private static void await(CountDownLatch latch, long nanos) {
    try {
      var _ = latch.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the trainer", e);
    }
  }
}
