package io.headrace.perf.job;

import io.headrace.engine.WorkerMode;
import io.headrace.engine.error.HeadraceException;
import io.headrace.perf.load.Machine;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Times a job whose source ends, as it is: with its ledger, metrics and checkpoints. First as
 * processes of their own, {@code ./headrace run}, then as passes in this JVM, of which the later
 * ones are steady: as a whole, and from the first step to the last, which a longer job comes close
 * to; more {@code epochs} have checkpoints in between. Every pass must end with the same
 * parameters, unless the job is hogwild.
 */
public final class JobTimes {
  private final Path job;
  private final Path launcher;
  private final Path directory;
  private @Nullable Path data;
  private int processes = 3;
  private int passes = 6;
  private final List<String> settings = new ArrayList<>();
  private final List<Double> stepRates = new ArrayList<>();

  private JobTimes(Path job, Path launcher, Path directory) {
    this.job = job;
    this.launcher = launcher;
    this.directory = directory;
  }

  /**
   * Arguments: the launcher, the job, then {@code --data DIR --processes N --passes N --set
   * key=value}.
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2) {
      throw new HeadraceException("Name the job: perf/run.sh job JOB.yaml.");
    }
    var times =
        new JobTimes(
            Path.of(arguments[1]),
            Path.of(arguments[0]),
            Files.createTempDirectory("headrace-job"));
    times.take(Arrays.asList(arguments).subList(2, arguments.length));
    System.out.println(Machine.describe());
    times.run();
  }

  private void take(List<String> options) {
    for (int i = 0; i < options.size(); i += 2) {
      String value = i + 1 < options.size() ? options.get(i + 1) : "";
      switch (options.get(i)) {
        case "--processes" -> processes = Integer.parseInt(value);
        case "--passes" -> passes = Integer.parseInt(value);
        case "--data" -> data = Path.of(value);
        case "--set" -> settings.add(value);
        default ->
            throw new HeadraceException(
                options.get(i)
                    + " is not known. Use --data DIR, --processes N, --passes N, --set key=value.");
      }
    }
  }

  private void run() throws IOException {
    var seconds = new ArrayList<Double>();
    for (int i = 1; i <= processes; i++) {
      WholeProcess took = WholeProcess.of(command("process-" + i));
      System.out.printf("process %d: %s%n", i, took);
      seconds.add(took.seconds());
    }
    var rates = new ArrayList<Double>();
    Set<String> answers = new HashSet<>();
    for (int i = 1; i <= passes; i++) {
      rates.add(pass(i, answers));
    }
    if (answers.size() > 1) {
      throw new IllegalStateException("passes ended with other parameters: " + answers);
    }
    if (!seconds.isEmpty()) {
      System.out.printf(Locale.ROOT, "whole process: median %.2f s%n", median(seconds));
    }
    if (passes > 1) {
      System.out.printf(
          Locale.ROOT,
          "steady: median %,.0f rows/s of the later half, %,.0f from step to step%n",
          median(laterHalf(rates)),
          median(laterHalf(stepRates)));
    }
  }

  private double pass(int number, Set<String> answers) {
    List<String> all = settings("pass-" + number);
    JobSpec spec = data == null ? JobFile.read(job, all) : JobFile.read(job, all, data);
    var steps = new StepClock();
    var options = new JobRun.Options(List.of(), OptionalLong.empty(), steps);
    long begun = System.nanoTime();
    try (JobRun run = JobRun.start(spec, options)) {
      TrainingStatus end = run.await();
      double seconds = (System.nanoTime() - begun) / 1e9;
      double rate = end.ledger().trained() / seconds;
      System.out.printf(
          Locale.ROOT,
          "pass %d: %,d rows in %.2f s, %,.0f rows/s, %,.0f from step to step, %s%n",
          number,
          end.ledger().trained(),
          seconds,
          rate,
          steps.rowsPerSecond(),
          end.metrics() == null ? "" : end.metrics().total());
      if (spec.engine().mode() == WorkerMode.SYNCHRONOUS) {
        answers.add(run.trainer().parametersSha256());
      }
      stepRates.add(steps.rowsPerSecond());
      return rate;
    }
  }

  private List<String> command(String name) {
    var command = new ArrayList<>(List.of(launcher.toString(), "run", job.toString()));
    if (data != null) {
      command.addAll(List.of("--data", data.toString()));
    }
    settings(name).forEach(setting -> command.addAll(List.of("--set", setting)));
    return command;
  }

  /** Each run begins without a checkpoint. */
  private List<String> settings(String name) {
    var all = new ArrayList<>(settings);
    all.add("checkpoints.directory=" + directory.resolve(name));
    return all;
  }

  private static List<Double> laterHalf(List<Double> rates) {
    return rates.subList(rates.size() / 2, rates.size());
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
