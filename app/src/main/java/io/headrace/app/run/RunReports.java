package io.headrace.app.run;

import io.headrace.app.report.RunReport;
import io.headrace.app.report.TestReport;
import io.headrace.app.report.ValidationReport;
import io.headrace.engine.TrainingMetrics;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.TrainingStatus.State;
import io.headrace.pipeline.job.JobRun;

/** How runs went. */
public final class RunReports {
  private RunReports() {}

  /**
   * The report of a run that has ended and is not closed; where its source has ended by itself, the
   * job's test samples are scored for it.
   *
   * @throws io.headrace.engine.error.HeadraceException if those cannot be read
   */
  public static RunReport of(JobRun run) {
    TrainingStatus status = run.status();
    TrainingMetrics metrics = run.trainer().metrics(status.job(), System.currentTimeMillis(), 0);
    return RunReport.of(
        metrics,
        status.ledger().trained() - status.resumedSamples(),
        status.runningMillis() / 1000.0,
        run.pace(),
        status.validation() == null
            ? null
            : ValidationReport.of(status.validation(), status.stoppedEarly()),
        status.state() == State.COMPLETED ? run.test().map(TestReport::of).orElse(null) : null,
        run.eventsConflated(),
        run.eventsFailed(),
        status.checkpoint() == null || run.job().checkpoints().directory().isEmpty()
            ? null
            : status.checkpoint().name(),
        run.trainer().parametersSha256());
  }
}
