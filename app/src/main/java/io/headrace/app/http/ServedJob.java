package io.headrace.app.http;

import io.headrace.ingest.push.PushIntake;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a service shows of a job and lets people do with it, as it is now: a job that is started
 * again predicts and takes samples by something else. Immutable.
 *
 * @param checkpoints folder of its checkpoints; empty where it keeps none
 * @param intake takes samples at {@code POST /api/v1/samples}; empty where samples come otherwise
 * @param predictions answers {@code POST /api/v1/predict}; empty where the job does not predict
 */
public record ServedJob(
    String name,
    JobStatusSource status,
    JobControl control,
    Optional<Path> checkpoints,
    Optional<PushIntake> intake,
    Optional<ServedPredictions> predictions) {
  /** Of the largest body that it takes; 0 if it takes none. */
  int maxRequestBytes() {
    return Math.max(
        intake.map(PushIntake::maxRequestBytes).orElse(0),
        predictions.map(served -> served.model().maxRequestBytes()).orElse(0));
  }
}
