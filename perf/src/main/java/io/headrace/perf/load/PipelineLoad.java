package io.headrace.perf.load;

import io.headrace.engine.StepResult;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The whole job, from the topic to the weights: source, decoders, ring, trainer, ledger, metrics,
 * checkpoints, commits.
 *
 * @param threads processor time of each kind of thread
 */
record PipelineLoad(Figure figure, ThreadTimes threads) {

  /** Runs the job and checks its answer. */
  static PipelineLoad run(JobSpec job, LoadTopic topic, String expectedSha256) {
    var watch = new Watch(topic.records());
    var options = new JobRun.Options(List.of(), OptionalLong.empty(), watch);
    try (JobRun run = JobRun.start(job, options)) {
      TrainingStatus end = run.await();
      Figure figure = watch.stopwatch.figure();
      require(end.ledger().trained() == topic.records(), "the ledger is " + end.ledger());
      require(end.ledger().read() == topic.records(), "the ledger is " + end.ledger());
      String sha256 = run.trainer().parametersSha256();
      require(sha256.equals(expectedSha256), "parameters " + sha256 + ", not " + expectedSha256);
      return new PipelineLoad(figure, watch.end.since(watch.start));
    }
  }

  private static void require(boolean right, String what) {
    if (!right) {
      throw new IllegalStateException("the job's answer is wrong: " + what);
    }
  }

  /** Counts steps on the trainer's thread, and takes the times while all threads still live. */
  private static final class Watch implements Consumer<StepResult> {
    private final Stopwatch stopwatch;
    private final ThreadTimes start = ThreadTimes.now();
    private volatile ThreadTimes end = start;

    Watch(long records) {
      stopwatch = new Stopwatch(records);
    }

    @Override
    public void accept(StepResult step) {
      stopwatch.add(step.rows());
      if (stopwatch.late() && end.equals(start)) {
        end = ThreadTimes.now();
      }
    }
  }
}
