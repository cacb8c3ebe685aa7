package io.headrace.perf.predict;

import io.headrace.perf.predict.TrainingJob.Done;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast predictions are beside training, and what they cost it: the flights example trains as
 * fast as it can in another process, by turns left alone and asked for one prediction a request, at
 * a fixed rate. All on one machine: what the asking costs is taken from training as well.
 *
 * <pre>
 * rig ── 8 connections, a rate ──▶ POST /api/v1/predict of a job that trains without end
 * </pre>
 */
public final class PredictRig {
  private static final int WARM_UP_SECONDS = 15;
  private static final String FLIGHT =
      "{\"origin\":\"ORD\",\"destination\":\"LGA\",\"distance\":733,\"hour\":18,\"weekday\":5}";

  private PredictRig() {}

  /**
   * Measures.
   *
   * @param arguments the launcher; then requests a second (1000), seconds of a turn (15), rounds
   *     (3)
   */
  public static void main(String[] arguments) throws Exception {
    Path launcher = Path.of(arguments[0]).toAbsolutePath();
    int rate = number(arguments, 1, 1000);
    int seconds = number(arguments, 2, 15);
    int rounds = number(arguments, 3, 3);
    Path folder = Files.createTempDirectory("headrace-predict");
    System.out.printf("log and checkpoints in %s%n", folder);
    try (var without = TrainingJob.start(launcher, 18_601, folder, List.of())) {
      Thread.sleep(WARM_UP_SECONDS * 1000L);
      System.out.println("without serve              " + alone(without, seconds));
    }
    try (var job = TrainingJob.start(launcher, 18_602, folder, List.of("serve.refresh-ms=1000"))) {
      var load = new OpenLoad(job.uri(), FLIGHT);
      load.run(rate, WARM_UP_SECONDS);
      List<Double> shares = new ArrayList<>();
      for (int round = 1; round <= rounds; round++) {
        Training alone = alone(job, seconds);
        Done before = job.done();
        long[] latencies = load.run(rate, seconds);
        Training asked = Training.between(before, job.done());
        shares.add(asked.perSecond() / alone.perSecond());
        System.out.printf("round %d, not asked         %s%n", round, alone);
        System.out.printf(
            "round %d, %d requests/s  %s, %.0f %% of not asked%n",
            round, rate, asked, 100 * shares.getLast());
        System.out.println("         latency in ms: " + percentiles(latencies));
      }
      System.out.printf(
          "training keeps %.0f %% (median)%n",
          100 * shares.stream().sorted().skip(shares.size() / 2).findFirst().orElseThrow());
    }
  }

  private static int number(String[] arguments, int at, int otherwise) {
    return arguments.length > at ? Integer.parseInt(arguments[at]) : otherwise;
  }

  private static Training alone(TrainingJob job, int seconds) throws Exception {
    Done before = job.done();
    Thread.sleep(seconds * 1000L);
    return Training.between(before, job.done());
  }

  private static String percentiles(long[] sorted) {
    var text = new StringBuilder();
    for (double part : new double[] {0.5, 0.9, 0.99, 0.999}) {
      int at = (int) Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1);
      text.append("p%s %.2f, ".formatted(100 * part, sorted[at] / 1e6));
    }
    return text + "max %.2f of %,d".formatted(sorted[sorted.length - 1] / 1e6, sorted.length);
  }

  /** What was trained in a turn. */
  private record Training(double perSecond, double processorMicros) {
    static Training between(Done before, Done after) {
      double rows = after.trained() - before.trained();
      return new Training(
          rows / ((after.nanoTime() - before.nanoTime()) / 1e9),
          after.processor().minus(before.processor()).toNanos() / 1e3 / rows);
    }

    @Override
    public String toString() {
      return "%,.0f samples/s, %.2f us of processor time each"
          .formatted(perSecond, processorMicros);
    }
  }
}
