package io.headrace.app.http;

import io.headrace.ingest.push.PushIntake;
import io.headrace.sink.seal.FileSeal;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a service shows of a job and lets people do with it.
 *
 * @param checkpoints folder of its checkpoints; empty where it keeps none
 * @param seal opens them
 * @param intake takes samples at {@code POST /api/v1/samples}; empty where samples come otherwise
 * @param predictions answers {@code POST /api/v1/predict}; empty where the job does not predict
 */
public record ServedJob(
    JobStatusSource status,
    JobControl control,
    Optional<Path> checkpoints,
    FileSeal seal,
    Optional<PushIntake> intake,
    Optional<ServedPredictions> predictions) {}
